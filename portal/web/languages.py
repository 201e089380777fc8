"""The address decides the language: Japanese stands without a prefix, the others carry theirs."""

import re

from django.conf import settings
from django.utils.translation import get_language

JAPANESE = settings.LANGUAGE_CODE
_OTHERS = "|".join(code for code, _ in settings.LANGUAGES if code != JAPANESE)
PREFIX = re.compile(rf"^/({_OTHERS})(?=/|$)")

# Kana, kanji, and the full-width forms between them.
JAPANESE_TEXT = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def language_of(path: str) -> str:
    match = PREFIX.match(path)
    return match[1] if match else JAPANESE


def address_in(language: str, address: str) -> str:
    """The same page in another language; everything behind the prefix, the query too, stays as it is."""
    # Never "//…", which a browser would read as another host.
    bare = "/" + PREFIX.sub("", address, count=1).lstrip("/")
    return bare if language == JAPANESE else f"/{language}{bare}"


def html_lang(language: str | None = None) -> str:
    """What browsers and screen readers call the language: easy Japanese is Japanese."""
    return "en" if (language or get_language()) == "en" else "ja"
