"""The rules of a programme, as dated data: one `Rules` for each version, all of them in a `Rulebook`.

A version says what a partner owes under it. Which version a partner stands under is found in periods.py. How versions
become JSON and come back, and the sentences about mistakes, are in rules_json.py.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from portal.web.closed_days import ORDINARY_CLOSED_DAYS, ClosedDays


class TermKind(StrEnum):
    NONE = "none"
    # n years by the Civil Code: to the day before the corresponding day.
    YEARS = "years"
    # 「n年を経過した日以後の最初の3月31日まで」
    NEXT_31_MARCH = "next_31_march"
    # To the end of the fiscal year in which the n years end. Differs from the above for a start on 1 April only.
    FISCAL_YEAR_END = "fiscal_year_end"


class RenewalDue(StrEnum):
    MONTH_END = "month_end"  # the last month-end that is at least so many days before the term's end
    DAYS_BEFORE = "days_before"  # so many days before the term's end


class TakesOver(StrEnum):
    """How a version reaches partners whose term is running. Who has no term comes under it on the day it takes effect."""

    AT_RENEWAL = "at_renewal"  # the running term ends under the rules it began with
    AT_ONCE = "at_once"  # the running term goes on under this version, and never ends earlier for it


class CountsFrom(StrEnum):
    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"


class InvalidRules(ValueError):
    """What is wrong, by field, in words for the officer who typed it."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One version. Zero years, months or days mean "not at all" wherever that makes sense."""

    name: str
    effective_on: date
    takes_over: TakesOver = TakesOver.AT_RENEWAL
    # Terms that end from this day on are renewed into this version, even if it takes effect a little later.
    terms_ending_from: date | None = None

    # The term, and when its renewal is due.
    term: TermKind = TermKind.NONE
    term_years: int = 0
    renewal_due: RenewalDue = RenewalDue.MONTH_END
    renewal_due_days: int = 21
    # Due dates that the office announced by cohort; each stands for the term in which it falls.
    renewal_due_by_cohort: tuple[tuple[str, date], ...] = ()
    # The window opens at the earlier of the two.
    window_days_before_end: int = 60
    window_days_before_due: int = 30
    # From which day a late renewal begins the next period. Receipt protects from expiry in either case.
    renewal_counts_from: CountsFrom = CountsFrom.RECEIPT
    # How long a term may be over before the registration may be removed.
    expired_removable_after_months: int = 0

    # Annual reports.
    reports_per_year: int = 1
    # Who comes under the rules after this month and day reports for the next fiscal year first ("reading A"); without
    # it, for the year under way ("reading B").
    first_year_cutoff: tuple[int, int] | None = None
    report_due_months_after: int = 0
    # How long before its due date a report is asked for; zero: from the first day of what it covers.
    report_window_days: int = 0

    # Removal, which is never automatic: from when it may be considered.
    empty_years_until_removable: int = 2
    removable_floor_months: int = 0
    grace_days: int = 0
    # Between telling a partner of its hearing and the hearing.
    hearing_notice_days: int = 14

    # How the office works.
    correction_days: int = 30
    resume_days: int = 30
    reminder_days: tuple[int, ...] = (-60, -30, -7, 0, 14)
    # No reminder leaves earlier in the day.
    reminder_time: time = time(9)
    closed: ClosedDays = ORDINARY_CLOSED_DAYS

    def __post_init__(self) -> None:
        # One order, so that equal rules are equal however they were stored.
        object.__setattr__(self, "renewal_due_by_cohort", tuple(sorted(self.renewal_due_by_cohort)))
        object.__setattr__(self, "reminder_days", tuple(sorted(self.reminder_days)))
        if errors := problems_of({name: getattr(self, name) for name in self.__slots__}):
            raise InvalidRules(errors)

    def __hash__(self) -> int:
        return hash((self.effective_on, self.name))

    def cohort_due(self, cohort: str) -> date | None:
        return dict(self.renewal_due_by_cohort).get(cohort) if self.renewal_due_by_cohort else None


MOST_DAYS = 366
MOST_EMPTY_YEARS = 10
# The least and the most of each number.
LIMITS = {
    "term_years": (0, 20),
    "renewal_due_days": (0, MOST_DAYS),
    "window_days_before_end": (0, MOST_DAYS),
    "window_days_before_due": (0, MOST_DAYS),
    "expired_removable_after_months": (0, 120),
    "reports_per_year": (0, 12),
    "report_due_months_after": (0, 12),
    "report_window_days": (0, MOST_DAYS),
    "empty_years_until_removable": (0, MOST_EMPTY_YEARS),
    "removable_floor_months": (0, 120),
    "grace_days": (0, MOST_DAYS),
    "hearing_notice_days": (1, MOST_DAYS),
    "correction_days": (1, MOST_DAYS),
    "resume_days": (0, MOST_DAYS),
}
# A year divides into equal numbers of months.
REPORTS_PER_YEAR = (0, 1, 2, 3, 4, 6, 12)


def problems_of(values: Mapping[str, Any]) -> dict[str, str]:
    """What no office can have meant, by field."""
    errors = {}
    if not values.get("name"):
        errors["name"] = _("ルールの名前を入力してください。")
    if values["term"] is TermKind.NONE and values["term_years"]:
        errors["term_years"] = _("登録期間を設けないときは、年数を0にしてください。")
    if values["term"] is not TermKind.NONE and not values["term_years"]:
        errors["term_years"] = _("登録期間の年数を1以上にしてください。")
    for name, (least, most) in LIMITS.items():
        if not least <= values[name] <= most:
            errors[name] = _("%(least)dから%(most)dまでの整数で入力してください。") % {"least": least, "most": most}
    if values["reports_per_year"] not in REPORTS_PER_YEAR:
        errors["reports_per_year"] = _("年間の報告回数は、0、1、2、3、4、6、12のどれかにしてください。")
    return errors | _problems_of_days(values)


def _problems_of_days(values: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    if values["first_year_cutoff"] and not _is_day_of_year(*values["first_year_cutoff"]):
        errors["first_year_cutoff"] = _("月と日を06-30の形で入力してください。")
    ending_from, effective_on = values["terms_ending_from"], values.get("effective_on")
    if ending_from and effective_on and abs(effective_on - ending_from).days > MOST_DAYS:
        errors["terms_ending_from"] = _("施行日の前後1年以内の日にしてください。")
    cohorts = [cohort for cohort, day in values["renewal_due_by_cohort"]]
    if len(set(cohorts)) < len(cohorts):
        errors["renewal_due_by_cohort"] = _("同じ期の更新期限が2つあります。")
    days = values["reminder_days"]
    if not all(-MOST_DAYS <= day <= MOST_DAYS for day in days):
        errors["reminder_days"] = _("お知らせの日は、期限の%(days)d日前から%(days)d日後までにしてください。") % {
            "days": MOST_DAYS
        }
    elif len(set(days)) < len(days):
        errors["reminder_days"] = _("同じお知らせの日が2つあります。")
    return errors


def _is_day_of_year(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(2023, month)[1]


@dataclass(frozen=True)
class Rulebook:
    """All versions of a programme, oldest first. Before the oldest takes effect, it holds all the same."""

    versions: tuple[Rules, ...]

    def __init__(self, versions: Iterable[Rules]) -> None:
        ordered = tuple(sorted(versions, key=lambda rules: rules.effective_on))
        if not ordered:
            raise InvalidRules({"versions": _("ルールが1つもありません。")})
        if len({rules.effective_on for rules in ordered}) < len(ordered):
            raise InvalidRules({"effective_on": _("同じ日に施行するルールがすでにあります。")})
        object.__setattr__(self, "versions", ordered)

    def on(self, day: date) -> Rules:
        """The version that is in force on the day."""
        found = self.versions[0]
        for rules in self.versions[1:]:
            if rules.effective_on > day:
                break
            found = rules
        return found

    def after_renewal(self, term_end: date, start: date) -> Rules:
        """The version for the period that begins on `start`, after a term that ended on `term_end`."""
        found = self.on(start)
        for rules in self.versions:
            if rules.terms_ending_from is not None and rules.terms_ending_from <= term_end:
                found = max(found, rules, key=lambda version: version.effective_on)
        return found

    def after(self, rules: Rules) -> tuple[Rules, ...]:
        return tuple(later for later in self.versions if later.effective_on > rules.effective_on)
