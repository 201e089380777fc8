from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.calendars import month_of, neighbour, weeks_of

months = st.dates(date(2024, 1, 1), date(2032, 12, 31)).map(lambda day: day.replace(day=1))


@given(months)
def test_each_day_of_the_month_stands_once_in_whole_weeks(first: date) -> None:
    days = [day for week in weeks_of(first) for day in week]
    assert all(len(week) == 7 for week in weeks_of(first))
    assert [day.on for day in days] == [days[0].on + timedelta(days=number) for number in range(len(days))]
    inside = [day.on for day in days if not day.is_outside]
    assert (inside[0], inside[-1] + timedelta(days=1)) == (first, neighbour(first, 1))
    assert days[0].on.weekday() == 6


def test_holidays_are_named() -> None:
    names = {day.on.day: day.holiday for week in weeks_of(date(2026, 11, 1)) for day in week if day.holiday}
    assert names == {3: "文化の日", 23: "勤労感謝の日"}


@pytest.mark.parametrize("text", ["", "2026-13", "1999-01", "x", "2026-1", "2026-11-01"])
def test_what_is_no_month_is_this_one(text: str) -> None:
    assert month_of(text, date(2026, 11, 21)) == date(2026, 11, 1)
    assert month_of("2027-02", date(2026, 11, 21)) == date(2027, 2, 1)
