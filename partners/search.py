"""How the directory finds partners by text. Pure: what is written into the index, and what a query looks up in it.

Text is folded, then cut into pairs of neighbouring characters. A partner can match only if it has every pair of the
query; whether it really does is checked on the folded text itself. Row-level security lets Postgres use an index for
`=` and `<`, and for nothing cleverer, so pairs are looked up by `=`.
"""

import sys
from collections.abc import Iterable

from portal.web.folding import fold

TEXT = "="
# The key of every listed partner. Keys of texts begin with "=", all others with a letter.
LISTED = "listed"
# Between two fields, so that no pair and no match runs from one into the other. Nobody can type it.
GAP = "\n"
LONGEST_QUERY = 100
# No text holds what lies between them.
SURROGATES, AFTER_SURROGATES = 0xD800, 0xE000


def folded(texts: Iterable[str]) -> str:
    return GAP.join(filter(None, map(fold, texts)))


def text_keys(text: str) -> set[str]:
    """Every pair of a folded text. The last character of a field has a pair with the gap, so that it is found alone."""
    text = f"{text}{GAP}"
    return {TEXT + text[at : at + 2] for at in range(len(text) - 1) if text[at] not in (GAP, " ")}


def words(query: str) -> list[str]:
    """All of them must be found, in any order."""
    return list(dict.fromkeys(fold(query[:LONGEST_QUERY]).split()))


def word_keys(word: str) -> set[str]:
    """The pairs inside a word of two or more characters; one character is looked up as a range (`range_of`)."""
    return {TEXT + word[at : at + 2] for at in range(len(word) - 1)}


def range_of(character: str) -> tuple[str, str]:
    """From the first key that begins with the character to the first that does not."""
    following = ord(character) + 1
    if following > sys.maxunicode:
        return TEXT + character, chr(ord(TEXT) + 1)
    return TEXT + character, TEXT + chr(AFTER_SURROGATES if following == SURROGATES else following)
