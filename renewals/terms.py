"""One term: from when to when, when its renewal is due, and from when it may be handed in."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from portal.web.dates import fiscal_year_of
from renewals.calendar import DAY, add_months, fiscal_year_end, last_day_of_period, month_end_on_or_before
from renewals.rulebook import RenewalDue, Rules, TermKind


@dataclass(frozen=True, slots=True)
class Term:
    """Both days belong to it. `anchor` is the day from which the first of a row of terms is counted."""

    start: date
    end: date
    anchor: date
    number: int


@lru_cache(maxsize=20_000)
def term_of(rules: Rules, anchor: date, number: int = 1) -> Term:
    """The n-th of a row of terms that were renewed in time. Counted from the anchor, so that month ends never drift."""
    start = anchor if number == 1 else _end_of(rules, anchor, number - 1) + DAY
    return Term(start, _end_of(rules, anchor, number), anchor, number)


def next_term(rules: Rules, term: Term, start: date) -> Term:
    """The term that a renewal begins on `start`: the next of the row, or the first of a new one."""
    following = term_of(rules, term.anchor, term.number + 1)
    return following if following.start == start else term_of(rules, start)


def renewal_due_on(rules: Rules, term: Term, cohort: str = "") -> date:
    announced = rules.cohort_due(cohort)
    if announced and term.start <= announced <= term.end:
        return announced
    latest = term.end - timedelta(days=rules.renewal_due_days)
    due = month_end_on_or_before(latest) if rules.renewal_due is RenewalDue.MONTH_END else latest
    return max(due, term.start)


def renewal_opens_on(rules: Rules, term: Term, due_on: date) -> date:
    opens = min(
        term.end - timedelta(days=rules.window_days_before_end), due_on - timedelta(days=rules.window_days_before_due)
    )
    return max(opens, term.start)


def _end_of(rules: Rules, anchor: date, number: int) -> date:
    if rules.term is TermKind.YEARS:
        return last_day_of_period(anchor, 12 * rules.term_years * number)
    first = last_day_of_period(anchor, 12 * rules.term_years)
    if rules.term is TermKind.NEXT_31_MARCH:
        # "After n years have passed": the day after the last one is the first that may be the 31 March.
        first += DAY
    # Later terms begin on 1 April, and run for whole years.
    return add_months(fiscal_year_end(fiscal_year_of(first)), 12 * rules.term_years * (number - 1))
