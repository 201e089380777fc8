"""When a slot takes reservations, and what a series makes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules import TOKYO, ClosingRule, closing_of
from meetings.slots import Phase, Series, Terms, phase_of, slots_of
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, is_closed

SECOND = timedelta(seconds=1)
CLOSES = datetime(2026, 7, 24, 12, tzinfo=TOKYO)
ENTRIES = datetime(2026, 7, 10, 17, tzinfo=TOKYO)
OPENS = datetime(2026, 7, 1, 9, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "first_come", "lottery", "drawn"),
    [
        (OPENS - SECOND, Phase.EARLY, Phase.EARLY, Phase.EARLY),
        (OPENS, Phase.OPEN, Phase.ENTRIES, Phase.OPEN),
        (ENTRIES - SECOND, Phase.OPEN, Phase.ENTRIES, Phase.OPEN),
        (ENTRIES, Phase.OPEN, Phase.DRAWING, Phase.OPEN),
        (CLOSES - SECOND, Phase.OPEN, Phase.DRAWING, Phase.OPEN),
        (CLOSES, Phase.CLOSED, Phase.CLOSED, Phase.CLOSED),
    ],
)
def test_to_the_second(now: datetime, first_come: Phase, lottery: Phase, drawn: Phase) -> None:
    assert phase_of(Terms(CLOSES, OPENS), now) == first_come
    assert phase_of(Terms(CLOSES, OPENS, is_lottery=True, entries_close_at=ENTRIES), now) == lottery
    assert phase_of(Terms(CLOSES, OPENS, is_lottery=True, entries_close_at=ENTRIES, is_drawn=True), now) == drawn


moments = st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))


@given(moments, st.integers(0, 60), st.times(), st.booleans(), moments)
def test_a_slot_closes_once_and_never_opens_again(
    starts_at: datetime, days: int, at: time, counts_open_days: bool, now: datetime
) -> None:
    """Across month ends, leap days and holidays: refused from the closing on, by the very second."""
    closes_at = closing_of(starts_at, ClosingRule(days, at, counts_open_days))
    assert closes_at <= starts_at
    assert (phase_of(Terms(closes_at), now) == Phase.OPEN) == (now < closes_at)
    assert phase_of(Terms(closes_at), closes_at - SECOND) == Phase.OPEN
    assert phase_of(Terms(closes_at), closes_at) == Phase.CLOSED
    if counts_open_days and days and closes_at < starts_at:
        assert not is_closed(closes_at.astimezone(TOKYO).date(), ORDINARY_CLOSED_DAYS)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), moments)
def test_a_lottery_gathers_waits_and_is_open_in_this_order(entries: datetime, gap: timedelta, now: datetime) -> None:
    closes_at = entries + gap
    order = [Phase.ENTRIES, Phase.DRAWING, Phase.CLOSED]
    earlier, later = (
        phase_of(Terms(closes_at, is_lottery=True, entries_close_at=entries), at)
        for at in (now, now + timedelta(hours=5))
    )
    assert order.index(earlier) <= order.index(later)


def series(**fields: object) -> Series:
    usual = {
        "first": date(2026, 7, 1), "last": date(2026, 7, 31), "weekdays": [0, 3], "starts": time(9), "ends": time(16),
    }  # fmt: skip
    return Series(**(usual | fields))  # type: ignore[arg-type]


def test_a_series_skips_closed_days() -> None:
    """Mondays and Thursdays of July 2026; the 20th is 海の日."""
    days = [begin.day for begin, _end in slots_of(series())]
    assert days == [2, 6, 9, 13, 16, 23, 27, 30]
    assert 20 in [begin.day for begin, _end in slots_of(series(skips_closed_days=False))]


def test_a_day_is_cut_into_slots() -> None:
    day = date(2024, 2, 29)
    found = slots_of(series(first=day, last=day, weekdays=range(7), starts=time(9), ends=time(10, 45), minutes=30))
    assert [(f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in found] == [
        ("09:00", "09:30"), ("09:30", "10:00"), ("10:00", "10:30"),
    ]  # fmt: skip


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(0, 60), st.integers(5, 480))
def test_slots_of_a_series_never_overlap(first: date, days: int, minutes: int) -> None:
    made = slots_of(
        series(
            first=first, last=first + timedelta(days=days), weekdays=range(7), minutes=minutes, skips_closed_days=False
        )
    )
    assert all(end <= begin for (_begin, end), (begin, _end) in pairwise(made))
    assert all(end - begin == timedelta(minutes=minutes) for begin, end in made)
    assert len({begin.date() for begin, _end in made}) == (days + 1 if minutes <= 420 else 0)
