"""Who may see an inquiry, how long a text may be, and how fast the office was: small questions without side effects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from portal.web.access import Actor, MemberRole
from portal.web.characters import clusters
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, open_days_between

LONGEST_QUESTION = 800
LONGEST_ANSWER = 4000


def length(text: str) -> int:
    """As people count; a line break is one."""
    return len(clusters(text.replace("\r\n", "\n")))


def may_see(actor: Actor, inquiry: Any) -> bool:
    """Staff; who asked, as long as they act for the same organisation; and the organisation's owners."""
    if actor.is_staff():
        return True
    place = actor.membership
    if place is None or inquiry.user_id is None or inquiry.partner_id != place.partner_id:
        return False
    return inquiry.user_id == actor.user.pk or actor.is_member(MemberRole.OWNER)


@dataclass(frozen=True)
class Speed:
    """How long first answers took, in days on which the office was open."""

    asked: int
    answered: int
    median_days: float | None
    in_time: int

    @property
    def share_in_time(self) -> int | None:
        return round(100 * self.in_time / self.answered) if self.answered else None


def speed_of(rows: Iterable[tuple[date, date | None, date | None]]) -> Speed:
    """Of (asked on, to be answered by, first answered on)."""
    found: Sequence[tuple[date, date | None, date | None]] = list(rows)
    answered = [(asked, by, on) for asked, by, on in found if on is not None]
    days = [open_days_between(asked, on, ORDINARY_CLOSED_DAYS) for asked, _by, on in answered]
    return Speed(
        asked=len(found),
        answered=len(answered),
        median_days=median(days) if days else None,
        in_time=sum(by is None or on <= by for _asked, by, on in answered),
    )
