"""When an application is counted, and when it will be answered. Pure date arithmetic; the clock is a parameter."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Rhythm(StrEnum):
    MONTHLY = "monthly"  # closed at the end of each month, answered about the end of the next
    QUARTERLY = "quarterly"  # closed at the end of June, September, December, March
    YEARLY = "yearly"  # closed on 31 March
    ROLLING = "rolling"  # each application by itself


# Months that end a period, by rhythm.
CLOSING_MONTHS = {
    Rhythm.MONTHLY: tuple(range(1, 13)),
    Rhythm.QUARTERLY: (3, 6, 9, 12),
    Rhythm.YEARLY: (3,),
}


@dataclass(frozen=True)
class Intake:
    """Where an application belongs: the last day on which it counted, and when the answer is expected."""

    closes_on: date
    answer_by: date


def intake_of(sent_at: datetime, rhythm: Rhythm, answer_days: int, zone: ZoneInfo) -> Intake:
    """`answer_days` counts from the closing day; zero means the end of the month after it.

    Midnight of the programme's own zone divides: 23:59:59 on the last day still counts for this period.
    """
    day = sent_at.astimezone(zone).date()
    closes_on = day if rhythm is Rhythm.ROLLING else _closing_day(day, CLOSING_MONTHS[rhythm])
    answer_by = (
        closes_on + timedelta(days=answer_days) if answer_days else month_end(month_end(closes_on) + timedelta(1))
    )
    return Intake(closes_on, answer_by)


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_before(moment: datetime, months: int) -> datetime:
    """The same day of an earlier month, or its last one."""
    years, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return moment.replace(year=years, month=month + 1, day=min(moment.day, last))


def _closing_day(day: date, months: tuple[int, ...]) -> date:
    end = month_end(day)
    while end.month not in months:
        end = month_end(end + timedelta(days=1))
    return end
