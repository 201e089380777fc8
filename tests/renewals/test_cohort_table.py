"""The timetable of Kanagawa's seven cohorts, as literally as it was written down, under both readings."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from renewals.examples import NEW_KANAGAWA, OLD_KANAGAWA, READING_A, READING_B
from renewals.rulebook import Rulebook
from renewals.rules_json import read_rulebook
from renewals.timetable import timetable
from tests.renewals.build import KANAGAWA, KANAGAWA_STRICT, day, owed, registration, renewal


class Row(NamedTuple):
    cohort: str
    terms: int
    approved: str
    term_ends: str
    covers_from: str
    renewal_due: str
    new_rules_from: str
    first_a: tuple[int, str]
    first_b: tuple[int, str]
    removable_a: str
    removable_b: str


FY2023, FY2024, FY2025 = (2023, "2024-03-31"), (2024, "2025-03-31"), (2025, "2026-03-31")

TABLE = [
    Row("1", 2, "2019-04-23", "2023-04-22", "2021-04-23", "2023-03-31", "2023-04-23", FY2023, FY2023, "2025-04-23", "2025-04-01"),
    Row("2", 2, "2019-10-03", "2023-10-02", "2021-10-03", "2023-08-31", "2023-10-03", FY2024, FY2023, "2026-04-01", "2025-04-01"),
    Row("3", 2, "2020-04-13", "2024-04-12", "2022-04-13", "2024-02-29", "2024-04-13", FY2024, FY2024, "2026-04-13", "2026-04-01"),
    Row("4", 2, "2020-10-19", "2024-10-18", "2022-10-19", "2024-08-31", "2024-10-19", FY2025, FY2024, "2027-04-01", "2026-04-01"),
    Row("5", 1, "2021-05-26", "2023-05-25", "2021-05-26", "2023-03-31", "2023-05-26", FY2023, FY2023, "2025-05-26", "2025-04-01"),
    Row("6", 1, "2022-05-26", "2024-05-25", "2022-05-26", "2024-04-30", "2024-05-26", FY2024, FY2024, "2026-05-26", "2026-04-01"),
    Row("7", 1, "2022-12-22", "2024-12-21", "2022-12-22", "2024-11-30", "2024-12-22", FY2025, FY2024, "2027-04-01", "2026-04-01"),
]  # fmt: skip

# Whether "5/3" is 1 March 2023 (year 5 of the era, month 3) or 3 May, no partner's date depends on it.
FIFTH_THIRD = ["2023-03-01", "2023-05-03"]

cohorts = pytest.mark.parametrize("row", TABLE, ids=lambda row: f"cohort {row.cohort}")
effective = pytest.mark.parametrize("effective_on", FIFTH_THIRD)


@cohorts
@effective
def test_reading_a(row: Row, effective_on: str) -> None:
    rules = read_rulebook([OLD_KANAGAWA, NEW_KANAGAWA | READING_A | {"effective_on": effective_on}])
    check(row, rules, row.first_a, row.removable_a)


@cohorts
@effective
def test_reading_b(row: Row, effective_on: str) -> None:
    rules = read_rulebook([OLD_KANAGAWA, NEW_KANAGAWA | READING_B | {"effective_on": effective_on}])
    check(row, rules, row.first_b, row.removable_b)


def check(row: Row, rules: Rulebook, first_report: tuple[int, str], removable_from: str) -> None:
    partner = registration(row.approved, cohort=row.cohort, earlier_renewals=row.terms - 1)
    found = timetable(partner, rules, [], day("2023-02-01"))
    assert found.term_ends == day(row.term_ends)
    assert (found.term_starts, found.term_ends) == (day(row.covers_from), day(row.term_ends))
    assert found.renewal_due == day(row.renewal_due)
    assert found.registration_stops == day(row.term_ends)
    assert found.reports_from == day(row.new_rules_from)
    assert (found.first_report_year, found.next_report_due) == (first_report[0], day(first_report[1]))
    assert found.removable_from == day(removable_from)


@cohorts
def test_the_term_is_whole_years_from_the_approval(row: Row) -> None:
    approved, ends = day(row.approved), day(row.term_ends)
    assert ends == approved.replace(year=approved.year + 2 * row.terms) - timedelta(days=1)


def test_cohort_5_would_be_due_a_month_later_without_the_date_that_was_announced() -> None:
    rules = read_rulebook([OLD_KANAGAWA | {"renewal_due_by_cohort": {}}, NEW_KANAGAWA | READING_A])
    fifth = timetable(registration("2021-05-26", cohort="5"), rules, [], day("2023-02-01"))
    first = timetable(registration("2019-04-23", cohort="1", earlier_renewals=1), rules, [], day("2023-02-01"))
    assert fifth.renewal_due == day("2023-04-30")
    assert first.renewal_due == day("2023-03-31")


def test_bars_of_the_chart_under_reading_a() -> None:
    """Until FY2024 the chart has seven long bars "one report a year"."""
    bars = [year for row in TABLE for year in range(row.first_a[0], 2025)]
    assert len(bars) == 7


@pytest.mark.parametrize(
    ("row", "opens"),
    [(TABLE[0], "2023-02-21"), (TABLE[1], "2023-08-01"), (TABLE[4], "2023-03-01"), (TABLE[6], "2024-10-22")],
)
def test_the_window_opens_60_days_before_the_end_or_30_before_the_due_date(row: Row, opens: str) -> None:
    partner = registration(row.approved, cohort=row.cohort, earlier_renewals=row.terms - 1)
    assert timetable(partner, KANAGAWA, [], day("2023-02-01")).renewal_opens == day(opens)


@pytest.mark.parametrize(
    ("row", "accepted"), [(TABLE[3], "2024-09-02"), (TABLE[6], "2024-12-02"), (TABLE[0], "2023-03-31")]
)
def test_renewals_due_on_closed_days_are_accepted_on_the_next_open_day(row: Row, accepted: str) -> None:
    partner = registration(row.approved, cohort=row.cohort, earlier_renewals=row.terms - 1)
    assert timetable(partner, KANAGAWA, [], day("2023-02-01")).renewal_accepted_until == day(accepted)


def test_the_first_report_of_cohort_1_is_accepted_on_monday_1_april() -> None:
    partner = registration("2019-04-23", cohort="1", earlier_renewals=1)
    for rules in (KANAGAWA, KANAGAWA_STRICT):
        answer = owed(partner, rules, [renewal("2023-03-15")], "2024-03-31")
        assert [(duty.due_on, duty.accepted_until) for duty in answer.duties] == [
            (day("2024-03-31"), day("2024-04-01"))
        ]
