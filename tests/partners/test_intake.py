from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.intake import Intake, Rhythm, intake_of

TOKYO = ZoneInfo("Asia/Tokyo")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("sent_at", "closes_on", "answer_by"),
    [
        (at(2026, 1, 31, 23, 59, 59), date(2026, 1, 31), date(2026, 2, 28)),
        (at(2026, 2, 1, 0, 0, 0), date(2026, 2, 28), date(2026, 3, 31)),
        (at(2024, 2, 29, 23, 59, 59), date(2024, 2, 29), date(2024, 3, 31)),
        (at(2026, 12, 31, 23, 59, 59), date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_the_month_end_divides_at_midnight(sent_at: datetime, closes_on: date, answer_by: date) -> None:
    assert intake_of(sent_at, Rhythm.MONTHLY, 0, TOKYO) == Intake(closes_on, answer_by)


def test_the_zone_of_the_programme_counts() -> None:
    """15:00 UTC on 31 January is already February in Japan."""
    assert intake_of(datetime(2026, 1, 31, 14, 59, 59, tzinfo=UTC), Rhythm.MONTHLY, 0, TOKYO).closes_on.month == 1
    assert intake_of(datetime(2026, 1, 31, 15, 0, 0, tzinfo=UTC), Rhythm.MONTHLY, 0, TOKYO).closes_on.month == 2


@pytest.mark.parametrize(
    ("rhythm", "closes_on"),
    [(Rhythm.ROLLING, date(2026, 4, 2)), (Rhythm.QUARTERLY, date(2026, 6, 30)), (Rhythm.YEARLY, date(2027, 3, 31))],
)
def test_other_rhythms(rhythm: Rhythm, closes_on: date) -> None:
    assert intake_of(at(2026, 4, 2, 10), rhythm, 30, TOKYO).closes_on == closes_on


def test_answer_days_count_from_the_closing_day() -> None:
    assert intake_of(at(2026, 4, 2, 10), Rhythm.ROLLING, 10, TOKYO).answer_by == date(2026, 4, 12)


@given(
    sent_at=st.datetimes(datetime(2019, 1, 1), datetime(2039, 12, 31), timezones=st.just(TOKYO)),
    rhythm=st.sampled_from(Rhythm),
    days=st.integers(0, 120),
)
def test_nobody_is_counted_before_sending_or_answered_before_closing(
    sent_at: datetime, rhythm: Rhythm, days: int
) -> None:
    intake = intake_of(sent_at, rhythm, days, TOKYO)
    assert sent_at.date() <= intake.closes_on <= intake.answer_by
