"""The fiscal years of one partner: which reports are still asked for, and from when empty years allow its removal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.web.dates import fiscal_year_of
from renewals.calendar import DAY, fiscal_year_start, last_day_of_period
from renewals.duties import (
    RenewalDuty,
    ReportDuty,
    Return,
    after_suspensions,
    first_part,
    first_reportable_year,
    report_duty,
)
from renewals.facts import Receipt, Registration
from renewals.periods import Period, reporting_stretch, rules_at
from renewals.rulebook import MOST_EMPTY_YEARS, Rules
from renewals.terms import Term


@dataclass(frozen=True, slots=True)
class Removal:
    """From when removal may be considered, if nothing is handed in: after empty years, or after an expired term."""

    on: date
    # The same without the grace of the rules.
    grace_from: date
    rules: Rules
    empty_years: tuple[int, ...] = ()
    # Never before so many months under the rules had passed.
    floor: date | None = None
    expired_term: Term | None = None
    # It would have fallen into a suspension, and waits until after it.
    is_put_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingYears:
    registration: Registration
    periods: Sequence[Period]
    since: date
    # The day before which reports are asked for, where a coming version asks for none.
    until: date | None
    first_year: int
    # The last year with a report, or the one before the first that is asked for.
    last_year: int
    # How many reports count for a year; what waits for a correction.
    counted: dict[int, int]
    returned: dict[int, list[Return]]
    today: date
    # What was worked out already.
    missing_by_year: dict[int, list[ReportDuty]] = field(default_factory=dict)

    def duties(self) -> list[ReportDuty]:
        """What is missing, from the last year with a report to the next year, or to the one that allows removal.

        A report for a later year closes the gaps before it. Of years long overdue, only those that count towards
        removal are still asked for.
        """
        this_year = fiscal_year_of(self.today)
        kept = max(rules_at(self.periods, self.today).empty_years_until_removable, 1)
        first = max(self.last_year, self.first_year, this_year - kept - 2)
        last = max(this_year + 1, self.last_year + kept)
        missing = {year: self.missing(year) for year in range(first, last + 1)}
        overdue = [year for year, duties in missing.items() if any(d.accepted_until < self.today for d in duties)]
        asked = [year for year in missing if not overdue[kept:] or year >= overdue[-kept]]
        return [duty for year in asked for duty in missing[year]]

    def removal(self) -> Removal | None:
        """After so many years in a row without a single report; not while one of them is still accepted."""
        for year in range(self.last_year + 1, self.last_year + 1 + MOST_EMPTY_YEARS):
            over = fiscal_year_start(year + 1)
            rules = rules_at(self.periods, over)
            if not rules.reports_per_year or (self.until and over > self.until):
                return None
            if rules.empty_years_until_removable and year - self.last_year >= rules.empty_years_until_removable:
                return self._removal_after(tuple(range(self.last_year + 1, year + 1)), rules)
        return None

    def missing(self, year: int) -> list[ReportDuty]:
        if year not in self.missing_by_year:
            self.missing_by_year[year] = list(self._missing(year))
        return self.missing_by_year[year]

    def _missing(self, year: int) -> Iterable[ReportDuty]:
        start = max(fiscal_year_start(year), self.since)
        rules = rules_at(self.periods, start)
        if not rules.reports_per_year or (self.until and start >= self.until):
            return
        returned = self.returned.get(year, [])
        first = first_part(year, self.since, rules) + self.counted.get(year, 0)
        for part in range(first, rules.reports_per_year + 1):
            yield report_duty(year, part, self.since, rules, self.registration, self.today, returned)
            # What was returned stands for the first report that is missing.
            returned = []

    def _removal_after(self, empty_years: tuple[int, ...], rules: Rules) -> Removal:
        accepted = [duty.accepted_until + DAY for year in empty_years for duty in self.missing(year)]
        floor = None
        if rules.removable_floor_months:
            floor = last_day_of_period(self.since, rules.removable_floor_months) + DAY
        grace_from = max(fiscal_year_start(empty_years[-1] + 1), *accepted, floor or date.min)
        return _removal(grace_from, rules, self.registration, self.today, empty_years=empty_years, floor=floor)


def reporting_years(
    registration: Registration,
    periods: Sequence[Period],
    receipts: Iterable[Receipt],
    returned: Iterable[Return],
    today: date,
) -> ReportingYears | None:
    """None where the rules ask for no annual reports."""
    since, until = reporting_stretch(periods, today)
    if since is None:
        return None
    first_year = first_reportable_year(since, rules_at(periods, since))
    counted: dict[int, int] = {}
    for receipt in receipts:
        year = receipt.report.fiscal_year
        if year is not None and year >= first_year:
            counted[year] = counted.get(year, 0) + 1
    waiting: dict[int, list[Return]] = {}
    for back in returned:
        if back.report.fiscal_year is not None:
            waiting.setdefault(back.report.fiscal_year, []).append(back)
    return ReportingYears(
        registration=registration,
        periods=periods,
        since=since,
        until=until,
        first_year=first_year,
        last_year=max(counted, default=first_year - 1),
        counted=counted,
        returned=waiting,
        today=today,
    )


def removal_after_expiry(renewal: RenewalDuty, registration: Registration, today: date) -> Removal | None:
    """After a term has been over for so long."""
    months = renewal.rules.expired_removable_after_months
    if not months:
        return None
    grace_from = last_day_of_period(renewal.last_day + DAY, months) + DAY
    return _removal(grace_from, renewal.rules, registration, today, expired_term=renewal.term)


def _removal(
    grace_from: date,
    rules: Rules,
    registration: Registration,
    today: date,
    *,
    empty_years: tuple[int, ...] = (),
    floor: date | None = None,
    expired_term: Term | None = None,
) -> Removal:
    put_off = after_suspensions(grace_from, rules, registration, today)
    on = after_suspensions(put_off + timedelta(days=rules.grace_days), rules, registration, today)
    return Removal(on, put_off, rules, empty_years, floor, expired_term, is_put_off=put_off > grace_from)
