"""Try a change of rules before it is signed: whose dates move, from what to what, and why. Changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from renewals.facts import Registration, Report
from renewals.obligations import Obligations
from renewals.reasons import (
    Reason,
    why_accepted,
    why_due,
    why_opens,
    why_removal,
    why_reports_from,
    why_stops,
    why_term_ends,
)
from renewals.rulebook import Rulebook
from renewals.states import State
from renewals.timetable import outlook, timetable_of

# What is compared, in the order in which it is shown.
LABELS = {
    "term_ends": _("登録期間の満了日"),
    "renewal_opens": _("更新の受付の開始"),
    "renewal_due": _("更新の期限"),
    "renewal_accepted_until": _("更新を期限内として受け付ける最後の日"),
    "registration_stops": _("登録が続く最後の日"),
    "next_term_ends": _("更新した後の満了日"),
    "reports_from": _("年次の活動報告の始まり"),
    "next_report_due": _("次の活動報告の期限"),
    "next_report_accepted_until": _("次の活動報告を期限内として受け付ける最後の日"),
    "removable_from": _("登録取消を検討できる日"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One date of one partner under the old and the new rules. None: there is no such date."""

    what: str
    before: date | None
    after: date | None
    why_before: Reason | None
    why_after: Reason | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A partner for whom something changes."""

    partner: str
    state_before: State
    state_after: State
    moves: tuple[Move, ...]


def simulate(
    partners: Iterable[tuple[Registration, Iterable[Report]]], old: Rulebook, new: Rulebook, today: date
) -> Iterator[Difference]:
    """Yields the partners for whom the new rules make a difference; the others are left out."""
    for registration, reports in partners:
        reports = tuple(reports)
        before = outlook(registration, old, reports, today)
        after = outlook(registration, new, reports, today)
        dates_before, dates_after = timetable_of(*before).dates(), timetable_of(*after).dates()
        states = before[0].state, after[0].state
        if dates_before == dates_after and states[0] is states[1]:
            continue
        moves = tuple(
            Move(what, dates_before.get(what), dates_after.get(what), _why(what, *before), _why(what, *after))
            for what in LABELS
            if dates_before.get(what) != dates_after.get(what)
        )
        yield Difference(registration.partner, *states, moves)


def _why(what: str, now: Obligations, then: Obligations) -> Reason | None:
    """The reason of one date of the timetable; None where there is no such date."""
    if what == "reports_from":
        return why_reports_from(then) if then.reports_from else None
    if what == "removable_from":
        return why_removal(then.removal, then.reports_from) if then.removal else None
    if what in REPORT_DATES:
        return REPORT_DATES[what](then.reports[0]) if then.reports else None
    renewal = now.renewal if what != "next_term_ends" or now.renewal is None else then.renewal
    return RENEWAL_DATES[what](renewal) if renewal else None


REPORT_DATES = {"next_report_due": why_due, "next_report_accepted_until": why_accepted}
RENEWAL_DATES = {
    "term_ends": why_term_ends,
    "renewal_opens": why_opens,
    "renewal_due": why_due,
    "renewal_accepted_until": why_accepted,
    "registration_stops": why_stops,
    "next_term_ends": why_term_ends,
}
