"""Days as an office counts them: month ends, periods, fiscal years. When an office is closed stands in
portal/web/closed_days.py.
"""

import calendar
from datetime import date, timedelta

from partners.intake import month_end

DAY = timedelta(days=1)


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
