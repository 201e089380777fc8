"""Counting as people count."""

import pytest

from portal.inquiries.rules import length, speed_of


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("あ" * 800, 800),
        ("がぎ", 2),
        ("葛󠄀城市と葛城市", 7),
        ("👨‍👩‍👧", 1),
        ("🇯🇵🇫🇷", 2),
        ("👍🏽👍", 2),
        ("ﾊﾟﾝ", 2),
        ("각", 1),
        ("一\r\n二\n三", 5),
    ],
)
def test_a_character_is_what_a_reader_sees(text: str, count: int) -> None:
    assert length(text) == count


def test_nothing_has_no_median() -> None:
    speed = speed_of([])
    assert (speed.median_days, speed.share_in_time) == (None, None)
