"""Every route of both maps, as Django's resolver holds them: the named ones, and the nameless ones of the admin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Place:
    """One route: its name with namespaces (or its pattern, when nobody named it), and how its address is written."""

    name: str
    pattern: str
    has_languages: bool
    callback: Any

    def address(self, arguments: dict[str, object], language: str = "ja") -> str:
        prefix = f"/{language}/" if self.has_languages and language != "ja" else "/"
        return prefix + PARAMETER.sub(lambda found: str(arguments[found[1] or found[2]]), self.pattern)

    @property
    def parameters(self) -> list[str]:
        return [route or regex for route, regex in PARAMETER.findall(self.pattern)]


def places(urlconf: str) -> list[Place]:
    return list(_walk(get_resolver(urlconf).url_patterns))


def _walk(patterns: list[Any], before: str = "", spaces: str = "", languages: bool = False) -> Iterator[Place]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inside = languages or isinstance(entry.pattern, LocalePrefixPattern)
            # The default language has no prefix; `Place.address` writes the others.
            here = before if isinstance(entry.pattern, LocalePrefixPattern) else before + _text(entry)
            space = f"{spaces}{entry.namespace}:" if entry.namespace else spaces
            yield from _walk(entry.url_patterns, here, space, inside)
        else:
            pattern = before + _text(entry)
            yield Place(spaces + (entry.name or pattern), pattern, languages, entry.callback)


def _text(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    return text.removeprefix("^").removesuffix("$") if isinstance(entry.pattern, RegexPattern) else text
