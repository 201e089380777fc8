"""Folding: what two people would call the same text becomes the same text, for search. The original is always kept.

Full and half width, case, katakana and hiragana, old and new forms of name characters, kinds of hyphen and space.
`fold` does it in Python, `Folded` in the database; both give the same answer (a test holds them together).
"""

import unicodedata
from typing import Any

from django.db.models import CharField, Func, TextField
from django.db.models.functions import Cast

# Marks that choose a glyph, and characters without any width.
UNSEEN = "".join(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD))
)
HYPHENS, WAVES = "‐‑‒–—―−", "〜"
KATAKANA = "".join(map(chr, (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)))
HIRAGANA = "".join(map(chr, (*range(0x3041, 0x3097), 0x309D, 0x309E)))
# Forms that stand in registers of names, and the form that people type.
OLD_FORMS = "髙﨑嵜德濵濱𠮷邊邉齋齊斉澤廣嶋嶌國櫻瀧龍眞惠榮縣來藏"
NEW_FORMS = "高崎崎徳浜浜吉辺辺斎斎斎沢広島島国桜滝竜真恵栄県来蔵"

_FROM = HYPHENS + WAVES + KATAKANA + OLD_FORMS
_TO = "-" * len(HYPHENS) + "~" * len(WAVES) + HIRAGANA + NEW_FORMS
_SAME = str.maketrans(_FROM, _TO)
_NOTHING = dict.fromkeys(map(ord, UNSEEN))


def fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_NOTHING))
    text = unicodedata.normalize("NFKC", text.lower())
    return " ".join(text.translate(_SAME).split())


class Folded(Func):
    """The same folding of a column, for tables that keep no folded column. Reads every row: for staff's lists."""

    template = "translate(normalize(lower(normalize(translate(%(expressions)s, %%s, ''), NFKC)), NFKC), %%s, %%s)"
    output_field = CharField()

    def __init__(self, column: str) -> None:
        super().__init__(Cast(column, TextField()))

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        sql, params = super().as_sql(compiler, connection, **context)
        return sql, (*params, UNSEEN, _FROM, _TO)
