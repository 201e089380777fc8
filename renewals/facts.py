"""What is on record about one partner, as plain values: the input of obligations(). No rule lives here.

Every fact carries the day on which it became known. Asked about an earlier day, obligations() ignores what was not known
then, so that the answer about a past day stays what it was.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from portal.web.dates import fiscal_year_of


class DutyKind(StrEnum):
    RENEWAL = "renewal"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report as the office received it. Without a fiscal year it is the one that renews a term.

    A returned report stops counting, and holds the deadline open until it is corrected. A hidden one counts: hiding is
    about what the public sees.
    """

    received_on: date
    fiscal_year: int | None = None
    returned_on: date | None = None
    corrected_on: date | None = None
    accepted_on: date | None = None
    hidden_on: date | None = None
    # Staff wrote it into the system for the partner (代理入力), on this day.
    entered_on: date | None = None

    def __post_init__(self) -> None:
        if self.fiscal_year is not None and self.fiscal_year > fiscal_year_of(self.received_on):
            raise ValueError(_("まだ始まっていない年度の報告は受け付けられません。"))
        if self.returned_on and self.returned_on < self.received_on:
            raise ValueError(_("受付より前の日に差し戻すことはできません。"))
        if self.corrected_on and not (self.returned_on and self.returned_on <= self.corrected_on):
            raise ValueError(_("差し戻していない報告の訂正は受け付けられません。"))

    @property
    def known_on(self) -> date:
        return self.entered_on or self.received_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """Moves deadlines that fall from `due_from` to `due_to` to `until`: for one partner or, given to many, for all.

    What the rules alone say is matched, so several extensions of one deadline do not depend on their order.
    """

    due_from: date
    due_to: date
    until: date
    reason: str
    recorded_on: date
    # Only renewals, or only reports; None moves both.
    kind: DutyKind | None = None
    withdrawn_on: date | None = None

    def __post_init__(self) -> None:
        if not self.due_from <= self.due_to <= self.until:
            raise ValueError(_("延長後の期限は、もとの期限より後にしてください。"))
        if not self.reason.strip():
            raise ValueError(_("期限を延ばす理由を入力してください。"))

    def is_known_on(self, day: date) -> bool:
        return self.recorded_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)

    def moves(self, kind: DutyKind, due_on: date) -> bool:
        return self.due_from <= due_on <= self.due_to and self.kind in (None, kind)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch out of the ordinary: suspended, or removed. `ended_on` is the first day on which it is over."""

    since: date
    ended_on: date | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.ended_on and self.ended_on <= self.since:
            raise ValueError(_("終わりの日は、始まりの日より後にしてください。"))

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One partner. Each approval begins anew: the first, and one for each new registration after a removal."""

    partner: str
    approvals: tuple[date, ...]
    cohort: str = ""
    # Terms of the first approval that were renewed before the records begin.
    earlier_renewals: int = 0
    extensions: tuple[Extension, ...] = ()
    suspensions: tuple[Pause, ...] = ()
    # From the removal to the restoration.
    removals: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if not self.approvals or list(self.approvals) != sorted(set(self.approvals)):
            raise ValueError(_("承認日を、古いものから順に1つ以上入力してください。"))

    def begins_on(self, today: date) -> date | None:
        """The latest approval or restoration; None before the first approval."""
        restored = (removal.ended_on for removal in self.removals if removal.ended_on)
        return max((day for day in (*self.approvals, *restored) if day <= today), default=None)

    def removal_on(self, today: date) -> Pause | None:
        """The removal that holds today: not restored, and not followed by a new approval."""
        begins_on = self.begins_on(today)
        holding = (removal for removal in self.removals if removal.covers(today))
        return next((removal for removal in holding if begins_on is None or begins_on <= removal.since), None)

    def suspension_on(self, today: date) -> Pause | None:
        return next((suspension for suspension in self.suspensions if suspension.covers(today)), None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report that counts, and from which day on."""

    report: Report
    counts_from: date
    accepted_on: date | None
