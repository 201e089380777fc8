"""Matching a conferencing tool's list with those who have a place."""

from meetings.attendance import Expected, columns_of, match

PEOPLE = [
    Expected(1, "山田 花子", "hanako@example.jp"),
    Expected(2, "髙橋 渉", "wataru@example.jp"),
    Expected(3, "鈴木 葉月", "a@example.jp"),
    Expected(4, "鈴木葉月", "b@example.jp"),
]
HEADINGS = ("Name (Original Name)", "User Email", "Join Time")


def found(*rows: tuple[str, str]) -> tuple[set[int], list[str]]:
    lines = [dict(zip(HEADINGS, (*row, "10:00"), strict=True)) for row in rows]
    result = match(lines, HEADINGS, PEOPLE)
    return result.present, result.unknown


def test_columns_are_known_in_both_languages() -> None:
    assert columns_of(HEADINGS) == ("User Email", "Name (Original Name)")
    assert columns_of(("名前（元の名前）", "ユーザーのメール")) == ("ユーザーのメール", "名前（元の名前）")
    assert columns_of(("日付", "時刻")) == (None, None)


def test_the_address_counts_before_the_name() -> None:
    assert found(("だれか", "Hanako@Example.jp")) == ({1}, [])


def test_a_name_is_enough_however_it_is_written() -> None:
    assert found(("高橋渉（株式会社みほん）", ""), ("山田　花子 (Hanako)", "other@example.com")) == ({1, 2}, [])


def test_who_came_in_twice_is_there_once() -> None:
    assert found(("山田花子", ""), ("山田花子", "")) == ({1}, [])


def test_who_cannot_be_told_from_another_is_named() -> None:
    assert found(("鈴木葉月", ""), ("iPhone", ""), ("iPhone", "")) == (set(), ["鈴木葉月", "iPhone"])
