"""Reading the two public lists that suggestions come from, row by row. Pure; stored by services/reference.py.

Both are CSV files without a heading: Japan Post's KEN_ALL, and the National Tax Agency's list of corporate numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from partners.numbers import katakana
from partners.vocabulary.municipalities import with_check_digit

# What stands in the town's column where there is no town.
NO_TOWN = ("以下に掲載がない場合", "の次に番地がくる場合")


class NotThisList(ValueError):
    """A row does not look like one of the list."""


def postal_towns(rows: Iterable[Sequence[str]]) -> Iterator[dict[str, str]]:
    """Columns of KEN_ALL: 0 the municipality's code of five digits, 2 the postal code, 8 the town."""
    for number, row in enumerate(rows, start=1):
        if len(row) < 9 or not (_is_digits(row[0], 5) and _is_digits(row[2], 7)):
            raise NotThisList(f"Line {number} is not a line of KEN_ALL.")
        if "）" in row[8] and "（" not in row[8]:
            continue  # the older form of the file goes on with a long note here
        yield {"code": _postal(row[2]), "municipality": with_check_digit(row[0]), "town": town_of(row[8])}


def town_of(text: str) -> str:
    """Without the notes that the list puts there."""
    town = text.partition("（")[0]
    if town.endswith(NO_TOWN) or (town.endswith("一円") and town != "一円"):
        return ""
    return town


def corporations(rows: Iterable[Sequence[str]]) -> Iterator[dict[str, Any]]:
    """Columns: 1 number, 6 name, 11 street, 13 and 14 the municipality's code, 15 postal code, 18 the day on which it
    was closed, 23 whether this is the latest row of the corporation, 24 name in English, 28 reading.

    Whoever was closed comes with `is_closed`, so that it can be taken off the list.
    """
    for number, row in enumerate(rows, start=1):
        if len(row) < 30 or not _is_digits(row[1], 13):
            raise NotThisList(f"Line {number} is not a line of the list of corporate numbers.")
        if row[23] == "0":
            continue
        code = row[13] + row[14]
        yield {
            "number": row[1],
            "name": row[6][:200],
            "kana": _reading(row[28])[:300],
            "name_en": row[24][:200],
            "postal_code": _postal(row[15]) if _is_digits(row[15], 7) else "",
            "municipality": with_check_digit(code) if _is_digits(code, 5) else "",
            "address": row[11][:200],
            "is_closed": bool(row[18]),
        }


def _reading(text: str) -> str:
    try:
        return katakana(text) if text else ""
    except ValueError:
        return ""


def _postal(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:]}"


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
