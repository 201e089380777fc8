"""Rules of real schemes, as data: where a new programme may start from, and what the tests are measured against.

The sources state Kanagawa's dates for cohorts 1 and 5 only; the month-end rule and both readings of "two years without a
report" are proposals that the prefecture confirms or changes. In the code nothing depends on any of them.
"""

from typing import Any

OLD_KANAGAWA: dict[str, Any] = {
    "name": "旧要綱",
    "effective_on": "2019-04-01",
    "term": "years",
    "term_years": 2,
    "renewal_due": "month_end",
    "renewal_due_days": 21,
    "renewal_due_by_cohort": {"1": "2023-03-31", "5": "2023-03-31"},
    "window_days_before_end": 60,
    "window_days_before_due": 30,
    "reports_per_year": 0,
    # Who renews nothing has reported nothing for two years either.
    "expired_removable_after_months": 24,
}

NEW_KANAGAWA: dict[str, Any] = {
    "name": "新要綱",
    # "5/3" in the manual; whichever day it was, terms that end from April 2023 on are renewed into it.
    "effective_on": "2023-03-01",
    "terms_ending_from": "2023-04-01",
    "reports_per_year": 1,
    "empty_years_until_removable": 2,
}

# Reading A: who comes after 30 June reports from the next year on; never removable before 24 months have passed.
READING_A: dict[str, Any] = {"first_year_cutoff": "06-30", "removable_floor_months": 24}
# Reading B: the year under way counts, however little is left of it.
READING_B: dict[str, Any] = {"first_year_cutoff": None, "removable_floor_months": 0}

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "kanagawa": [OLD_KANAGAWA, NEW_KANAGAWA | READING_A],
    "kanagawa_strict": [OLD_KANAGAWA, NEW_KANAGAWA | READING_B],
    # 「登録日から2年を経過後の次の3月31日まで」
    "nagasaki": [
        {
            "name": "SDGs登録制度",
            "effective_on": "2021-11-01",
            "term": "next_31_march",
            "term_years": 2,
            "renewal_due": "days_before",
            "renewal_due_days": 0,
            "window_days_before_end": 90,
            "reports_per_year": 0,
        }
    ],
    # 「3年間 ※経過後の年度末まで」
    "saitama": [
        {
            "name": "サステナブル企業認証",
            "effective_on": "2025-10-22",
            "term": "fiscal_year_end",
            "term_years": 3,
            "renewal_due": "month_end",
            "renewal_due_days": 60,
            "window_days_before_end": 120,
            "reports_per_year": 0,
        }
    ],
    # A report at least once a year, and a renewal every three years.
    "nagano": [
        {
            "name": "SDGs推進企業登録制度",
            "effective_on": "2019-04-01",
            "term": "years",
            "term_years": 3,
            "renewal_due": "days_before",
            "renewal_due_days": 30,
            "reports_per_year": 1,
            "report_due_months_after": 1,
        }
    ],
    # Two missed deadlines in a row; ninety days of grace. Due on 31 July for the year that ended in March.
    "two_in_a_row": [
        {
            "name": "Communication on Progress",
            "effective_on": "2019-04-01",
            "reports_per_year": 1,
            "report_due_months_after": 4,
            "empty_years_until_removable": 2,
            "grace_days": 90,
        }
    ],
}
