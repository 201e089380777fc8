"""When sign-up closes, how long a free place is held, who is next, when to remind: pure functions of plain values.

The time is always a parameter, and every moment is the first at which it is so: what closes at 12:00 takes 11:59:59 and
refuses 12:00:00.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.web.closed_days import ORDINARY_CLOSED_DAYS, ClosedDays, open_days_before

TOKYO = ZoneInfo("Asia/Tokyo")
UNDO = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """So many days before the meeting, at this hour."""

    days_before: int = 1
    at: time = time(12)
    # Days on which the office is closed do not count.
    counts_open_days: bool = False
    closed: ClosedDays = ORDINARY_CLOSED_DAYS


def closing_of(starts_at: datetime, rule: ClosingRule) -> datetime:
    """The first moment at which it is too late; never after the meeting has begun."""
    day = starts_at.astimezone(TOKYO).date()
    if rule.counts_open_days:
        day = open_days_before(day, rule.days_before, rule.closed)
    else:
        day -= timedelta(days=rule.days_before)
    return min(datetime.combine(day, rule.at, TOKYO), starts_at)


def is_open(now: datetime, opens_at: datetime | None, closes_at: datetime) -> bool:
    return (opens_at is None or opens_at <= now) and now < closes_at


def offer_ends(now: datetime, hours: int, closes_at: datetime) -> datetime | None:
    """Until when a place that became free is held for the next person. None: nobody is asked any more."""
    if now >= closes_at:
        return None
    return min(now + timedelta(hours=hours), closes_at)


def may_undo(cancelled_at: datetime | None, now: datetime) -> bool:
    return cancelled_at is not None and now < cancelled_at + UNDO


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waiting list, as the order needs to know them."""

    key: int
    partner: int
    since: datetime


def waiting_order(waiting: Iterable[Waiting], seated_partners: Iterable[int], prefers_new: bool) -> Sequence[Waiting]:
    """Who is next: by time; or first those whose organisation has no place yet, each group by time."""
    seated = set(seated_partners) if prefers_new else set()
    return sorted(waiting, key=lambda one: (one.partner in seated, one.since, one.key))


def reminder_at(starts_at: datetime, at: time) -> datetime:
    """On the day before, at this hour."""
    day: date = starts_at.astimezone(TOKYO).date() - timedelta(days=1)
    return datetime.combine(day, at, TOKYO)
