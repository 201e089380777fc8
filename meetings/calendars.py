"""The days of a month in weeks, as a calendar on the wall shows them. Pure."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from portal.web.holidays import holiday_name

SUNDAY_FIRST = calendar.Calendar(firstweekday=6)
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    # Of the month before or after, which fills the week.
    is_outside: bool
    holiday: str


def month_of(text: str, today: date) -> date:
    """The first day of the month that was asked for; of this one, if that is none."""
    found = MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def weeks_of(first: date) -> list[list[Day]]:
    return [
        [Day(day, day.month != first.month, holiday_name(day) or "") for day in week]
        for week in SUNDAY_FIRST.monthdatescalendar(first.year, first.month)
    ]


def neighbour(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
