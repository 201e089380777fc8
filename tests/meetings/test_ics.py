from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from meetings.ics import Entry, calendar, escaped, folded

ENTRY = Entry(
    "a@kanagawa.localhost", 2, datetime(2026, 12, 10, 4, 30, tzinfo=UTC), datetime(2026, 12, 10, 7, 30, tzinfo=UTC),
    "交流会、その1; 「対話」, 名刺", datetime(2026, 11, 1, tzinfo=UTC), description="一行目\n二行目",
)  # fmt: skip


def test_an_entry_says_when_and_what() -> None:
    text = calendar([ENTRY]).decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    for line in ("UID:a@kanagawa.localhost", "SEQUENCE:2", "DTSTART:20261210T043000Z", "DTEND:20261210T073000Z"):
        assert f"\r\n{line}\r\n" in text
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:交流会、その1\\; 「対話」\\, 名刺" in unfolded
    assert "DESCRIPTION:一行目\\n二行目" in unfolded


def test_a_cancelled_one_says_so() -> None:
    cancelled = Entry(**{name: getattr(ENTRY, name) for name in Entry.__slots__} | {"is_cancelled": True})
    assert "STATUS:CANCELLED" in calendar([cancelled], method="CANCEL").decode()


@given(st.text())
def test_no_line_is_too_long_and_none_is_lost(text: str) -> None:
    line = escaped(text)
    assert all(len(part.encode()) <= 75 for part in folded(line).split("\r\n"))
    assert folded(line).replace("\r\n ", "") == line
    assert "\n" not in line
    assert "\r" not in line
