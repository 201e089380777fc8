from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.closed_days import DAY, ORDINARY_CLOSED_DAYS, is_closed, open_days_before

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("given_day", "count", "found"),
    [
        ("2026-11-26", 1, "2026-11-25"),
        # Over a weekend, and the day before is a holiday.
        ("2026-11-24", 1, "2026-11-20"),
        # Over the new year.
        ("2027-01-05", 2, "2026-12-28"),
        # Over the leap day, a Thursday.
        ("2024-03-01", 1, "2024-02-29"),
        ("2026-11-21", 0, "2026-11-21"),
    ],
)  # fmt: skip
def test_so_many_open_days_before(given_day: str, count: int, found: str) -> None:
    assert open_days_before(date.fromisoformat(given_day), count, ORDINARY_CLOSED_DAYS) == date.fromisoformat(found)


@given(days, st.integers(1, 12))
def test_it_is_open_and_so_many_lie_between(day: date, count: int) -> None:
    found = open_days_before(day, count, ORDINARY_CLOSED_DAYS)
    between = [found + DAY * step for step in range((day - found).days)]
    assert not is_closed(found, ORDINARY_CLOSED_DAYS)
    assert sum(not is_closed(each, ORDINARY_CLOSED_DAYS) for each in between) == count
