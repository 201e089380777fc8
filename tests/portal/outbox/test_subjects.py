"""Subjects: one clean line that fits a phone, cut only where a reader would."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.outbox.subjects import COLUMNS, DIRECTION_MARKS, clean_line, columns, shorten


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("交流会\r\nBcc: all@example.jp", "交流会 Bcc: all@example.jp"),
        ("a\tb\x0bc\x0cd\x85e\u2028f\x00g\x1bh", "a b c d e fgh"),
        ("\u202egnp.exe", "gnp.exe"),
        ("  両　端  ", "両 端"),
        ("\ud800", ""),
        ("家族👨‍👩‍👧", "家族👨‍👩‍👧"),
    ],
)
def test_whatever_was_typed_becomes_one_line(typed: str, line: str) -> None:
    assert clean_line(typed) == line


def test_a_short_subject_is_left_alone() -> None:
    assert shorten("あ" * 30) == "あ" * 30
    assert shorten("a" * 60) == "a" * 60


def test_a_long_one_ends_with_an_ellipsis() -> None:
    assert shorten("あ" * 31) == "あ" * 29 + "…"
    assert shorten("a" * 61) == "a" * 58 + "…"


@pytest.mark.parametrize("cluster", ["が", "👨‍👩‍👧", "葛󠄀", "ﾊﾟ", "❤️"])
def test_a_character_is_kept_whole_or_not_at_all(cluster: str) -> None:
    for room in range(2, 40):
        kept = shorten("あ" * 10 + cluster * 10, room).removesuffix("…")
        rest = kept.removeprefix("あ" * 10)
        assert rest == cluster * (len(rest) // len(cluster)) or "あ" * 10 not in kept


@given(st.text())
def test_a_subject_always_fits_and_is_always_clean(typed: str) -> None:
    line = shorten(clean_line(typed))
    assert columns(line) <= COLUMNS
    assert not [c for c in line if c in DIRECTION_MARKS or unicodedata.category(c) in ("Cc", "Cs")]
