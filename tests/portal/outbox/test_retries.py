"""Back-off: doubling, with a little luck, for about two days."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.outbox.retries import LONGEST, MOST_ATTEMPTS, pause_after


def test_pauses_double_and_then_stay() -> None:
    minutes = [pause / timedelta(minutes=1) for n in range(1, MOST_ATTEMPTS) if (pause := pause_after(n, 0.5))]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, *[360] * 6]
    assert timedelta(hours=40) < timedelta(minutes=sum(minutes)) < timedelta(hours=50)


def test_then_it_is_given_up() -> None:
    assert pause_after(MOST_ATTEMPTS, 0.5) is None


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1))
def test_luck_spreads_them_by_a_quarter(attempts: int, luck: float) -> None:
    middle = pause_after(attempts, 0.5)
    pause = pause_after(attempts, luck)
    assert middle and pause
    assert middle * 0.749 <= pause <= middle * 1.251
    assert pause <= LONGEST * 1.25
