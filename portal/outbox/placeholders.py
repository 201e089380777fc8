"""Placeholders in what staff write for a message: 「{氏名}」. Pure: no database, and none of Django's template language.

What a message has is declared beside it (messages.py). 「{標準の文面}」 is there for all of them: the text as we ship it,
so whoever only wants a word before or behind it loses nothing when the standard text becomes a better one.
"""

import re
from collections.abc import Callable, Collection

from portal.outbox.messages import Message

STANDARD = "標準の文面"
TYPED = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]")
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def names_in(text: str) -> dict[str, str]:
    """As typed → the name: 「｛ 氏名 ｝」 is 氏名."""
    return {match[0]: match[1].strip() for match in TYPED.finditer(text)}


def names_of(message: Message) -> list[str]:
    return [placeholder.name for placeholder in message.placeholders]


def unknown(text: str, known: Collection[str]) -> list[str]:
    """As they were typed, each once."""
    return [typed for typed, name in names_in(text).items() if name not in known]


def missing(message: Message, text: str) -> list[str]:
    """Without these the mail would be of no use. A message that declares none keeps its standard text."""
    names = set(names_in(text).values())
    if STANDARD in names:
        return []
    required = [placeholder.name for placeholder in message.placeholders if placeholder.is_required]
    return [name for name in required or ([] if message.placeholders else [STANDARD]) if name not in names]


def fill(text: str, value_of: Callable[[str], str]) -> str:
    """Once over the text: what stands in a value is never taken for a placeholder."""
    return TYPED.sub(lambda match: value_of(match[1].strip()), text)


def example(name: str) -> str:
    """Stands in a preview for a value that is not known, or that nobody but the receiver may see."""
    return f"（{name}）"


def as_context(message: Message) -> dict[str, object]:
    """The placeholders in the places of the values: with it the standard text becomes one that staff can go on from."""
    context: dict[str, object] = {}
    for placeholder in message.placeholders:
        place = context
        *path, last = placeholder.source.partition("|")[0].split(".")
        for step in path:
            place = _below(place, step)
        place[last] = "{" + placeholder.name + "}"
    return context


def _below(place: dict[str, object], step: str) -> dict[str, object]:
    below = place.setdefault(step, {})
    return below if isinstance(below, dict) else {}
