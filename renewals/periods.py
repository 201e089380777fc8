"""Under which rules a partner stands, and when: its time as a row of periods, each a term or a stretch without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from renewals.calendar import DAY
from renewals.facts import Receipt
from renewals.rulebook import CountsFrom, Rulebook, Rules, TakesOver, TermKind
from renewals.terms import Term, next_term, renewal_due_on, renewal_opens_on, term_of


@dataclass(frozen=True, slots=True)
class Period:
    """It lasts until the next one starts. A term without a renewal is the last, and open."""

    start: date
    rules: Rules
    term: Term | None = None
    renewal: Receipt | None = None

    @property
    def open_term(self) -> Term | None:
        return self.term if self.renewal is None else None


def periods_of(
    begins_on: date, earlier_renewals: int, cohort: str, renewals: Sequence[Receipt], rulebook: Rulebook
) -> list[Period]:
    """All periods that are settled, including those that a known version will begin in the future.

    `renewals` are the receipts that count, oldest first. Each renews one term, from the opening of its window on.
    """
    rules = rulebook.on(begins_on)
    start, term = begins_on, None
    if rules.term is not TermKind.NONE:
        term = term_of(rules, begins_on, earlier_renewals + 1)
        start = term.start
    periods: list[Period] = []
    while True:
        if term is None:
            periods.append(Period(start, rules))
            later = next(iter(rulebook.after(rules)), None)
            if later is None:
                return periods
            start, rules = later.effective_on, later
            term = None if rules.term is TermKind.NONE else term_of(rules, start)
            continue
        renewal = _first_from(renewals, _opens_on(rules, term, cohort))
        later = _taken_over_by(rulebook, rules, term, renewal)
        if later is None:
            periods.append(Period(start, rules, term, renewal))
            if renewal is None:
                return periods
            renewals = [receipt for receipt in renewals if receipt.counts_from > renewal.counts_from]
            start = next_start(term, rules, renewal)
            rules = rulebook.after_renewal(term.end, start)
            term = None if rules.term is TermKind.NONE else next_term(rules, term, start)
        elif later.term is TermKind.NONE:
            # The term falls away, and nobody had to renew it.
            periods.append(Period(start, rules))
            start, rules, term = later.effective_on, later, None
        else:
            longer = term_of(later, term.start)
            rules, term = later, longer if longer.end >= term.end else Term(term.start, term.end, term.start, 1)


def next_start(term: Term, rules: Rules, renewal: Receipt) -> date:
    """The day after the term, or the day of a late renewal."""
    counts_from = renewal.counts_from
    if rules.renewal_counts_from is CountsFrom.ACCEPTANCE and renewal.accepted_on:
        counts_from = max(counts_from, renewal.accepted_on)
    return max(term.end + DAY, counts_from)


def _opens_on(rules: Rules, term: Term, cohort: str) -> date:
    return renewal_opens_on(rules, term, renewal_due_on(rules, term, cohort))


def _first_from(renewals: Sequence[Receipt], day: date) -> Receipt | None:
    return next((renewal for renewal in renewals if renewal.counts_from >= day), None)


def _was_renewed_late(period: Period) -> bool:
    return period.term is not None and period.renewal is not None and period.renewal.counts_from > period.term.end


def _taken_over_by(rulebook: Rulebook, rules: Rules, term: Term, renewal: Receipt | None) -> Rules | None:
    """The version that reaches the running term before its renewal does."""
    last = min(term.end, renewal.counts_from) if renewal else term.end
    for later in rulebook.after(rules):
        if later.takes_over is TakesOver.AT_ONCE and term.start < later.effective_on <= last:
            return later
    return None


def rules_at(periods: Sequence[Period], day: date) -> Rules:
    """The rules under which the partner stands on the day."""
    found = periods[0]
    for period in periods:
        if period.start > day:
            break
        found = period
    return found.rules


def reporting_stretch(periods: Sequence[Period], today: date) -> tuple[date | None, date | None]:
    """From when, and until before which day, annual reports are asked for: the stretch of today, or else the next.

    Whoever let a term expire and renewed late begins a new one.
    """
    since: date | None = None
    before: Period | None = None
    for period in periods:
        lapsed = before is not None and _was_renewed_late(before)
        if since and (lapsed or not period.rules.reports_per_year):
            if period.start > today:
                return since, period.start
            since = None
        if since is None and period.rules.reports_per_year:
            since = period.start
        before = period
    return since, None
