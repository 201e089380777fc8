"""What a partner owes: obligations(registration, rulebook, reports, today). Pure; the clock is the last parameter.

The answer holds dates, not a snapshot: as long as no new fact is recorded, `state_on` tells any later day too, and
`look_again_on` is the next day on which the answer can differ. Removal is never a consequence, only a possibility.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.web.dates import fiscal_year_of
from renewals.calendar import DAY, fiscal_year_start
from renewals.duties import Duty, RenewalDuty, ReportDuty, Return, corrections_due, renewal_duty
from renewals.facts import Pause, Receipt, Registration, Report
from renewals.periods import Period, periods_of, rules_at
from renewals.rulebook import Rulebook, Rules
from renewals.states import State
from renewals.terms import Term
from renewals.years import Removal, removal_after_expiry, reporting_years


@dataclass(frozen=True, slots=True)
class Change:
    on: date
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligations:
    registration: Registration
    # As known on this day.
    today: date
    periods: tuple[Period, ...] = ()
    # From when annual reports are asked for ("new rules from"), and for which year first.
    reports_from: date | None = None
    first_year: int | None = None
    # Where a coming version asks for none: the day from which it does so.
    reports_until: date | None = None
    # What is not handed in.
    renewal: RenewalDuty | None = None
    reports: tuple[ReportDuty, ...] = ()
    removal: Removal | None = None
    last_received: Receipt | None = None
    removed: Pause | None = None

    @property
    def state(self) -> State:
        return self.state_on(self.today)

    @property
    def rules(self) -> Rules | None:
        """The version under which the partner stands today."""
        return rules_at(self.periods, self.today) if self.periods else None

    @property
    def term(self) -> Term | None:
        """The running term, or the one that ended without a renewal."""
        return next((period.term for period in reversed(self.periods) if period.start <= self.today), None)

    @property
    def all_duties(self) -> tuple[Duty, ...]:
        """All that is not handed in, open already or not."""
        return (self.renewal, *self.reports) if self.renewal else self.reports

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What can be handed in today, the most urgent first."""
        return self.duties_on(self.today)

    @property
    def next_duty(self) -> Duty | None:
        """What opens next."""
        coming = [duty for duty in self.all_duties if duty.opens_on > self.today]
        return min(coming, key=lambda duty: duty.opens_on, default=None)

    @property
    def next_change(self) -> Change | None:
        """What follows, if nothing is handed in."""
        state = self.state
        for day in self._days_ahead():
            if (then := self.state_on(day)) is not state:
                return Change(day, then)
        return None

    @property
    def look_again_on(self) -> date | None:
        """Until the day before, duties and state stay as they are, unless a new fact is recorded."""
        return next(iter(self._days_ahead()), None)

    def duties_on(self, day: date) -> tuple[Duty, ...]:
        if self.removed or self.registration.suspension_on(day):
            return ()
        if self.renewal and self._is_expired_on(day):
            return (self.renewal,)
        return tuple(sorted(self._open_on(day), key=lambda duty: duty.due_on))

    def state_on(self, day: date) -> State:
        if not self.periods:
            return State.REMOVED if self.removed else State.NOT_REGISTERED
        if self.registration.suspension_on(day):
            return State.SUSPENDED
        if self.removal and day >= self.removal.grace_from and self._stands_on(day, self.removal):
            return State.REMOVABLE if day >= self.removal.on else State.GRACE
        if self._is_expired_on(day):
            return State.TERM_EXPIRED
        open_duties = self._open_on(day)
        if any(duty.accepted_until < day for duty in open_duties):
            return State.OVERDUE
        return State.DUE if open_duties else State.NOTHING_DUE

    def _open_on(self, day: date) -> list[Duty]:
        duties = self.all_duties if self._reports_are_asked_on(day) else (self.renewal,)
        return [duty for duty in duties if duty and duty.opens_on <= day]

    def _stands_on(self, day: date, removal: Removal) -> bool:
        """Empty years no longer matter once no reports are asked for."""
        return not removal.empty_years or self._reports_are_asked_on(day)

    def _reports_are_asked_on(self, day: date) -> bool:
        return self.reports_until is None or day < self.reports_until

    def _is_expired_on(self, day: date) -> bool:
        return self.renewal is not None and day > self.renewal.last_day

    def _days_ahead(self) -> list[date]:
        return sorted({day for day in self._turning_points() if day > self.today})

    def _turning_points(self) -> Iterator[date]:
        for duty in self.all_duties:
            yield duty.opens_on
            yield duty.accepted_until + DAY
            yield duty.last_day + DAY
        if self.removal:
            yield self.removal.grace_from
            yield self.removal.on
        for pause in (*self.registration.suspensions, *self.registration.removals):
            yield pause.since
            if pause.ended_on:
                yield pause.ended_on
        yield from self.registration.approvals
        yield from (period.start for period in self.periods)
        if self.reports:
            # Another year comes into sight.
            yield fiscal_year_start(fiscal_year_of(self.today) + 1)


def obligations(registration: Registration, rulebook: Rulebook, reports: Iterable[Report], today: date) -> Obligations:
    begins_on, removed = registration.begins_on(today), registration.removal_on(today)
    if begins_on is None or removed:
        return Obligations(registration=registration, today=today, removed=removed)
    receipts, returned = _sorted_out(reports, rulebook, today)
    earlier_renewals = registration.earlier_renewals if begins_on == registration.approvals[0] else 0
    renewals = [receipt for receipt in receipts if receipt.report.fiscal_year is None]
    periods = tuple(periods_of(begins_on, earlier_renewals, registration.cohort, renewals, rulebook))
    suspension = registration.suspension_on(today)
    if suspension and suspension.ended_on is None:
        # While nobody knows when it ends, no date can be told.
        return Obligations(registration=registration, today=today, periods=periods)

    renewal = _open_renewal(periods[-1], registration, returned, today)
    years = reporting_years(registration, periods, receipts, returned, today)
    removal = years.removal() if years else None
    if renewal and (removal is None or removal.grace_from > renewal.last_day):
        removal = removal_after_expiry(renewal, registration, today)
    return Obligations(
        registration=registration,
        today=today,
        periods=periods,
        reports_from=years.since if years else None,
        first_year=years.first_year if years else None,
        reports_until=years.until if years else None,
        renewal=renewal,
        reports=tuple(years.duties()) if years else (),
        removal=removal,
        last_received=max(receipts, key=lambda receipt: receipt.counts_from, default=None),
    )


def _sorted_out(reports: Iterable[Report], rulebook: Rulebook, today: date) -> tuple[list[Receipt], list[Return]]:
    """What counts, oldest first, and what waits for a correction, as known today."""
    receipts, returned = [], []
    for report in reports:
        if report.known_on > today:
            continue
        accepted_on = report.accepted_on if report.accepted_on and report.accepted_on <= today else None
        if report.returned_on is None or report.returned_on > today:
            receipts.append(Receipt(report, report.received_on, accepted_on))
            continue
        until = corrections_due(report.returned_on, rulebook)
        if report.corrected_on and report.corrected_on <= today:
            # Sent in time, a report that is put right in time counts as if it had been right at once.
            counts_from = report.received_on if report.corrected_on <= until else report.corrected_on
            receipts.append(Receipt(report, counts_from, accepted_on))
        else:
            returned.append(Return(report, report.returned_on, until))
    return sorted(receipts, key=lambda receipt: receipt.counts_from), returned


def _open_renewal(
    period: Period, registration: Registration, returned: Sequence[Return], today: date
) -> RenewalDuty | None:
    """The renewal of the open term. A returned report belongs to it if it came after the window had opened."""
    if period.open_term is None:
        return None
    duty = renewal_duty(period.open_term, period.rules, registration, today)
    waiting = [b for b in returned if b.report.fiscal_year is None and b.report.received_on >= duty.opens_on]
    return renewal_duty(period.open_term, period.rules, registration, today, waiting) if waiting else duty
