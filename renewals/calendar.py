"""Days as an office counts them: month ends, periods, fiscal years, closed days. Knows nothing of partners or rules."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from partners.intake import month_end
from renewals.holidays import holiday_name

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


def fiscal_year_start(year: int) -> date:
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    return date(year + 1, 3, 31)


def month_end_on_or_before(day: date) -> date:
    end = month_end(day)
    return day if day == end else day.replace(day=1) - DAY


def add_months(day: date, months: int) -> date:
    """The corresponding day of another month, or that month's last day where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_day_of_period(start: date, months: int) -> date:
    """A period as the Civil Code counts it (art. 143): it ends on the day before the corresponding day; without a
    corresponding day it ends with the month. What begins on 29 February thus always ends on 28 February.
    """
    corresponding = add_months(start, months)
    return corresponding - DAY if corresponding.day == start.day else corresponding
