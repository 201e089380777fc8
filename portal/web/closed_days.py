"""When an office is closed. Pure functions of a day, for every app that counts days as an office does."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from portal.web.holidays import holiday_name

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """When the office is closed. `also` lists single days: a storm, the prefecture's own day."""

    weekends: bool = True
    holidays: bool = True
    year_end: bool = True  # 29 December to 3 January
    also: tuple[date, ...] = ()


ORDINARY_CLOSED_DAYS = ClosedDays()


def is_closed(day: date, closed: ClosedDays) -> bool:
    return bool(
        (closed.weekends and day.weekday() >= 5)
        or (closed.holidays and holiday_name(day))
        or (closed.year_end and ((day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)))
        or day in closed.also
    )


@lru_cache(maxsize=20_000)
def next_open_day(day: date, closed: ClosedDays) -> date:
    """The day itself when the office is open."""
    while is_closed(day, closed):
        day += DAY
    return day


def open_days_before(day: date, count: int, closed: ClosedDays) -> date:
    """The day that lies so many days on which the office is open before another."""
    while count:
        day -= DAY
        count -= not is_closed(day, closed)
    return day


def open_days_after(day: date, count: int, closed: ClosedDays) -> date:
    """The day that lies so many days on which the office is open after another."""
    while count:
        day += DAY
        count -= not is_closed(day, closed)
    return day


def open_days_between(first: date, last: date, closed: ClosedDays) -> int:
    """How many open days had passed on the last day since the first: 0 on the same day."""
    return sum(not is_closed(first + DAY * number, closed) for number in range(1, (last - first).days + 1))
