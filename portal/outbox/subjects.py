"""Subjects that fit a phone: 【short name】 and what it is about, in at most 30 full-width characters."""

import unicodedata

from portal.web.characters import clusters

COLUMNS = 60  # A full-width character takes two.
DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_line(text: str) -> str:
    """One line without control characters or marks that reverse text, whatever was typed into a name."""
    kept = (
        c for c in text if c not in DIRECTION_MARKS and (c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    )
    return " ".join("".join(kept).split())


def columns(text: str) -> int:
    return sum(map(_columns_of, text))


def shorten(text: str, limit: int = COLUMNS) -> str:
    """Cut at the end of a character as people see it, never between a letter and its mark."""
    if columns(text) <= limit:
        return text
    room, kept = limit - columns("…"), ""
    for cluster in clusters(text):
        if columns(kept + cluster) > room:
            break
        kept += cluster
    return kept.rstrip() + "…"


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1
