"""One thing that a partner owes, with its dates: the renewal of a term, or one report of a fiscal year.

First the dates that the rules alone give; then what the record moves: extensions, returns, suspensions. A deadline only
ever moves to a later day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from partners.intake import month_end
from portal.web.closed_days import next_open_day
from portal.web.dates import fiscal_year_of
from renewals.calendar import DAY, add_months, fiscal_year_start
from renewals.facts import DutyKind, Extension, Pause, Registration, Report
from renewals.rulebook import Rulebook, Rules
from renewals.terms import Term, renewal_due_on, renewal_opens_on


@dataclass(frozen=True, slots=True)
class Return:
    """A report that waits for its correction."""

    report: Report
    returned_on: date
    correct_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDates:
    """What a renewal and a report have in common."""

    # Names the duty for good, whatever becomes of its dates: renewal:2021-04-23, report:2024:1.
    key: str
    rules: Rules
    # What the report covers.
    covers_from: date
    covers_to: date
    opens_on: date
    # The date of the rules alone; `due_on` is the one that holds.
    rule_due_on: date
    due_on: date
    # A due date on a closed day is met until the end of the next open day. A term's end does not wait.
    accepted_until: date
    # What moved the due date, and since when the present one is known.
    moved_by: Extension | Return | Pause | None = None
    known_on: date

    @property
    def last_day(self) -> date:
        """The last day on which handing it in loses nothing."""
        return self.accepted_until


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDuty(DutyDates):
    term: Term
    cohort: str
    # The hard stop: received later, the report still renews, but the registration was not valid in between.
    stops_on: date

    @property
    def last_day(self) -> date:
        return self.stops_on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDuty(DutyDates):
    fiscal_year: int
    # Which of the reports of the year.
    part: int


Duty = RenewalDuty | ReportDuty


def renewal_duty(
    term: Term, rules: Rules, registration: Registration, today: date, returned: Sequence[Return] = ()
) -> RenewalDuty:
    rule_due_on = renewal_due_on(rules, term, registration.cohort)
    due_on, moved_by, known_on = _moved(DutyKind.RENEWAL, rule_due_on, rules, registration, today, returned)
    stops_on = after_suspensions(max(term.end, due_on), rules, registration, today)
    return RenewalDuty(
        key=f"renewal:{term.start}",
        rules=rules,
        covers_from=term.start,
        covers_to=term.end,
        opens_on=renewal_opens_on(rules, term, rule_due_on),
        rule_due_on=rule_due_on,
        due_on=due_on,
        accepted_until=min(next_open_day(due_on, rules.closed), stops_on),
        moved_by=moved_by,
        known_on=max(term.start, known_on),
        term=term,
        cohort=registration.cohort,
        stops_on=stops_on,
    )


def report_duty(
    year: int,
    part: int,
    reports_from: date,
    rules: Rules,
    registration: Registration,
    today: date,
    returned: Sequence[Return] = (),
) -> ReportDuty:
    duty = _ordinary_report_duty(rules, year, part)
    if reports_from > duty.covers_from:
        begun = max(duty.opens_on, reports_from)
        duty = replace(duty, covers_from=reports_from, opens_on=begun, known_on=reports_from)
    if registration.extensions or registration.suspensions or returned:
        due_on, moved_by, known_on = _moved(DutyKind.REPORT, duty.rule_due_on, rules, registration, today, returned)
        duty = replace(
            duty,
            due_on=due_on,
            accepted_until=next_open_day(due_on, rules.closed),
            moved_by=moved_by,
            known_on=max(duty.known_on, known_on),
        )
    return duty


def first_reportable_year(reports_from: date, rules: Rules) -> int:
    """The year under way, or the next one for whoever comes after the cut-off."""
    year = fiscal_year_of(reports_from)
    if rules.first_year_cutoff is None:
        return year
    month, day = rules.first_year_cutoff
    return year if reports_from <= date(year if month >= 4 else year + 1, month, day) else year + 1


def first_part(year: int, reports_from: date, rules: Rules) -> int:
    """Parts of a year that were over before the partner came under the rules are not asked for."""
    months = 12 // rules.reports_per_year
    elapsed = (reports_from.year - year) * 12 + reports_from.month - 4
    return max(elapsed // months, 0) + 1


def corrections_due(returned_on: date, rulebook: Rulebook) -> date:
    """Until when a returned report may be corrected as if it had been right at once."""
    rules = rulebook.on(returned_on)
    return next_open_day(returned_on + timedelta(days=rules.correction_days), rules.closed)


def after_suspensions(day: date, rules: Rules, registration: Registration, today: date) -> date:
    """Nothing ends and nothing begins against a partner while it is suspended, nor right after."""
    suspension = _suspension_over(registration, day, today)
    if suspension is None or suspension.ended_on is None:
        return day
    return max(day, suspension.ended_on + timedelta(days=rules.resume_days))


@lru_cache(maxsize=5_000)
def _ordinary_report_duty(rules: Rules, year: int, part: int) -> ReportDuty:
    """What a part of a year asks of everybody whom nothing sets apart."""
    months = 12 // rules.reports_per_year
    covers_from = add_months(fiscal_year_start(year), months * (part - 1))
    covers_to = add_months(covers_from, months) - DAY
    due_on = month_end(add_months(covers_to, rules.report_due_months_after))
    opens_on = due_on - timedelta(days=rules.report_window_days) if rules.report_window_days else covers_from
    return ReportDuty(
        key=f"report:{year}:{part}",
        rules=rules,
        covers_from=covers_from,
        covers_to=covers_to,
        opens_on=max(opens_on, covers_from),
        rule_due_on=due_on,
        due_on=due_on,
        accepted_until=next_open_day(due_on, rules.closed),
        known_on=covers_from,
        fiscal_year=year,
        part=part,
    )


def _moved(
    kind: DutyKind,
    due_on: date,
    rules: Rules,
    registration: Registration,
    today: date,
    returned: Sequence[Return],
) -> tuple[date, Extension | Return | Pause | None, date]:
    """The due date that holds, what moved it last, and since when that is known."""
    moved_by: Extension | Return | Pause | None = None
    known_on = date.min
    extensions = [extension for extension in registration.extensions if extension.moves(kind, due_on)]
    for extension in extensions:
        if extension.is_known_on(today) and extension.until > due_on:
            due_on, moved_by, known_on = extension.until, extension, extension.recorded_on
    for back in returned:
        if back.correct_until > due_on:
            due_on, moved_by, known_on = back.correct_until, back, back.returned_on
    for extension in extensions:
        if extension.withdrawn_on and extension.withdrawn_on <= today and extension.until > due_on:
            # Withdrawn: the earlier date is news again.
            known_on = max(known_on, extension.withdrawn_on)
    if suspension := _suspension_over(registration, due_on, today):
        due_on, moved_by = after_suspensions(due_on, rules, registration, today), suspension
        known_on = max(known_on, suspension.since)
    return due_on, moved_by, known_on


def _suspension_over(registration: Registration, day: date, today: date) -> Pause | None:
    """A suspension, known today and with an end, in which the day falls."""
    for suspension in registration.suspensions:
        if suspension.ended_on and suspension.since <= today and suspension.covers(day):
            return suspension
    return None
