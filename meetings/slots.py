"""When a slot takes reservations, and which slots a series makes: pure functions of plain values.

The time is always a parameter, and every moment is the first at which it is so, as in rules.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from meetings.rules import TOKYO
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, ClosedDays, is_closed

LONGEST_SERIES = timedelta(days=366)
MOST_SLOTS = 200


class Phase(Enum):
    EARLY = "early"
    # A lottery gathers its applicants.
    ENTRIES = "entries"
    # They are all there, and the draw has not been held.
    DRAWING = "drawing"
    # Whoever comes first has the place: from the start, or what is left after the draw.
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a slot and its consultation, what the phase depends on."""

    # Nobody changes anything from here on: the closing of the slot itself.
    closes_at: datetime
    opens_at: datetime | None = None
    is_lottery: bool = False
    entries_close_at: datetime | None = None
    is_drawn: bool = False


def phase_of(terms: Terms, now: datetime) -> Phase:
    if now >= terms.closes_at:
        return Phase.CLOSED
    if terms.opens_at and now < terms.opens_at:
        return Phase.EARLY
    if terms.is_lottery and not terms.is_drawn:
        is_gathering = terms.entries_close_at is not None and now < terms.entries_close_at
        return Phase.ENTRIES if is_gathering else Phase.DRAWING
    return Phase.OPEN


@dataclass(frozen=True, slots=True)
class Series:
    """The same hours on several days; with `minutes`, each day is cut into slots of that length."""

    first: date
    last: date
    weekdays: Collection[int]
    starts: time
    ends: time
    minutes: int | None = None
    skips_closed_days: bool = True
    closed: ClosedDays = ORDINARY_CLOSED_DAYS


def slots_of(series: Series) -> list[tuple[datetime, datetime]]:
    """From when to when; what does not fit into the day's hours as a whole is left out."""
    found = []
    day = series.first
    while day <= min(series.last, series.first + LONGEST_SERIES):
        if day.weekday() in series.weekdays and not (series.skips_closed_days and is_closed(day, series.closed)):
            begin, end = (datetime.combine(day, at, TOKYO) for at in (series.starts, series.ends))
            length = timedelta(minutes=series.minutes) if series.minutes else end - begin
            while length and begin + length <= end:
                found.append((begin, begin + length))
                begin += length
        day += timedelta(days=1)
    return found
