"""When sign-up closes, who is next on the waiting list, until when a place is held."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules import (
    TOKYO,
    ClosingRule,
    Waiting,
    closing_of,
    is_open,
    may_undo,
    offer_ends,
    reminder_at,
    waiting_order,
)
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, is_closed


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


SECOND = timedelta(seconds=1)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(TOKYO))


@pytest.mark.parametrize(
    ("starts_at", "closes_at"),
    [
        ("2026-12-10T13:30", "2026-12-09T12:00"),
        # Over the end of a month, of a year, and over a leap day.
        ("2026-12-01T10:00", "2026-11-30T12:00"),
        ("2027-01-01T10:00", "2026-12-31T12:00"),
        ("2028-03-01T10:00", "2028-02-29T12:00"),
        ("2027-03-01T10:00", "2027-02-28T12:00"),
        # On a Monday: the day before is a Sunday, and counts.
        ("2026-12-14T10:00", "2026-12-13T12:00"),
    ],
)
def test_noon_of_the_day_before(starts_at: str, closes_at: str) -> None:
    assert closing_of(at(starts_at), ClosingRule()) == at(closes_at)


@pytest.mark.parametrize(
    ("starts_at", "days", "closes_at"),
    [
        ("2026-12-14T10:00", 1, "2026-12-11T12:00"),
        # After the three days of late November that are closed: Saturday, Sunday, 勤労感謝の日.
        ("2026-11-24T10:00", 1, "2026-11-20T12:00"),
        # After the new year's holidays.
        ("2027-01-04T10:00", 1, "2026-12-28T12:00"),
        ("2028-03-01T10:00", 2, "2028-02-28T12:00"),
    ],
)
def test_only_days_on_which_the_office_is_open(starts_at: str, days: int, closes_at: str) -> None:
    assert closing_of(at(starts_at), ClosingRule(days, counts_open_days=True)) == at(closes_at)


def test_twelve_oclock_is_too_late_by_a_second() -> None:
    closes_at = closing_of(at("2026-12-10T13:30"), ClosingRule())
    assert is_open(at("2026-12-09T11:59:59"), None, closes_at)
    assert not is_open(at("2026-12-09T12:00:00"), None, closes_at)


def test_sign_up_opens_at_its_hour() -> None:
    opens_at, closes_at = at("2026-12-01T09:00"), at("2026-12-09T12:00")
    assert not is_open(opens_at - SECOND, opens_at, closes_at)
    assert is_open(opens_at, opens_at, closes_at)


@given(moments, st.integers(0, 20), st.times(), st.booleans())
def test_it_never_closes_after_the_beginning(starts_at: datetime, days: int, hour: time, open_days: bool) -> None:
    closes_at = closing_of(starts_at, ClosingRule(days, hour, open_days))
    assert closes_at <= starts_at
    if days:
        assert closes_at.time() == hour
        assert (starts_at.date() - closes_at.date()).days >= days
        assert not open_days or not is_closed(closes_at.date(), ORDINARY_CLOSED_DAYS)


@given(moments, moments, st.integers(0, 168))
def test_a_place_is_never_held_beyond_the_closing(now: datetime, closes_at: datetime, hours: int) -> None:
    ends = offer_ends(now, hours, closes_at)
    assert (ends is None) == (now >= closes_at)
    if ends:
        assert now <= ends <= closes_at
        assert ends <= now + timedelta(hours=hours)


def test_undo_ends_after_ten_minutes() -> None:
    cancelled_at = at("2026-12-01T10:00")
    assert may_undo(cancelled_at, cancelled_at + timedelta(minutes=10) - SECOND)
    assert not may_undo(cancelled_at, cancelled_at + timedelta(minutes=10))
    assert not may_undo(None, cancelled_at)


def test_the_reminder_is_for_the_day_before() -> None:
    assert reminder_at(at("2028-03-01T10:00"), time(15)) == at("2028-02-29T15:00")


def line(key: int, partner: int, minute: int) -> Waiting:
    return Waiting(key, partner, at("2026-12-01T09:00") + timedelta(minutes=minute))


def test_who_came_first_is_next() -> None:
    waiting = [line(3, 30, 5), line(1, 10, 9), line(2, 20, 1)]
    assert [one.key for one in waiting_order(waiting, {20}, prefers_new=False)] == [2, 3, 1]


def test_whose_organisation_has_no_place_yet_may_go_first() -> None:
    waiting = [line(3, 30, 5), line(1, 10, 9), line(2, 20, 1)]
    assert [one.key for one in waiting_order(waiting, {20}, prefers_new=True)] == [3, 1, 2]


@given(st.lists(st.builds(line, st.integers(), st.integers(0, 5), st.integers(0, 90)), unique_by=lambda one: one.key))
def test_the_order_does_not_depend_on_how_it_was_read(waiting: list[Waiting]) -> None:
    assert waiting_order(waiting, {1}, prefers_new=True) == waiting_order(waiting[::-1], {1}, prefers_new=True)
