from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.closed_days import ORDINARY_CLOSED_DAYS, ClosedDays, is_closed, next_open_day
from renewals.calendar import (
    add_months,
    last_day_of_period,
    month_end_on_or_before,
)
from tests.renewals.build import day

some_day = st.dates(date(2010, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2021-04-23", 24, "2023-04-22"),
        ("2024-04-01", 12, "2025-03-31"),
        # Begun on 29 February, a period ends on 28 February, in leap years as well.
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 24, "2022-02-28"),
        ("2020-02-29", 48, "2024-02-28"),
        # The day after is a 1 March like any other.
        ("2022-03-01", 24, "2024-02-29"),
        # Without a corresponding day the period ends with the month.
        ("2023-08-31", 1, "2023-09-30"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-01-31", 2, "2024-03-30"),
    ],
)
def test_a_period_ends_before_the_corresponding_day(start: str, months: int, last: str) -> None:
    assert last_day_of_period(day(start), months) == day(last)


@given(start=some_day, months=st.integers(1, 120), more=st.integers(1, 24))
def test_a_longer_period_ends_later(start: date, months: int, more: int) -> None:
    assert start < add_months(start, months) <= last_day_of_period(start, months) + timedelta(days=1)
    assert last_day_of_period(start, months) < last_day_of_period(start, months + more)


@pytest.mark.parametrize(
    ("given_day", "month_end"),
    [("2024-02-29", "2024-02-29"), ("2024-02-28", "2024-01-31"), ("2023-04-01", "2023-03-31")],
)
def test_month_ends(given_day: str, month_end: str) -> None:
    assert month_end_on_or_before(day(given_day)) == day(month_end)


@pytest.mark.parametrize(
    ("due", "accepted"),
    [
        ("2024-03-31", "2024-04-01"),  # a Sunday
        ("2024-08-31", "2024-09-02"),  # a Saturday
        ("2024-11-30", "2024-12-02"),
        ("2025-03-31", "2025-03-31"),  # a Monday
        ("2024-12-31", "2025-01-06"),  # the end of the year, and a weekend after it
        ("2025-12-29", "2026-01-05"),
        ("2026-04-29", "2026-04-30"),
        ("2026-05-02", "2026-05-07"),  # a Saturday, four holidays
        ("2026-09-19", "2026-09-24"),  # with a day between two holidays
    ],
)
def test_a_closed_day_waits_for_the_next_open_day(due: str, accepted: str) -> None:
    assert next_open_day(day(due), ORDINARY_CLOSED_DAYS) == day(accepted)


def test_each_kind_of_closed_day_is_a_choice() -> None:
    saturday, new_year, birthday = day("2024-03-30"), day("2026-01-02"), day("2026-02-23")
    open_always = ClosedDays(weekends=False, holidays=False, year_end=False)
    assert not any(is_closed(each, open_always) for each in (saturday, new_year, birthday))
    assert is_closed(saturday, ClosedDays(holidays=False, year_end=False))
    assert is_closed(birthday, ClosedDays(weekends=False, year_end=False))
    assert is_closed(new_year, ClosedDays(weekends=False, holidays=False))


def test_a_single_day_can_be_closed() -> None:
    storm = ClosedDays(also=(day("2024-08-30"),))
    assert next_open_day(day("2024-08-30"), storm) == day("2024-09-02")


@given(some_day)
def test_the_next_open_day_is_open_and_none_before_it(given_day: date) -> None:
    found = next_open_day(given_day, ORDINARY_CLOSED_DAYS)
    assert not is_closed(found, ORDINARY_CLOSED_DAYS)
    between = (given_day + timedelta(days=days) for days in range((found - given_day).days))
    assert all(is_closed(each, ORDINARY_CLOSED_DAYS) for each in between)
    assert found - given_day < timedelta(days=11)
