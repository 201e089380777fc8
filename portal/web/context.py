"""What every page's shell needs: the programme, its menu, the languages. No database, no session.

Everything is computed only when a template asks for it, so that a fragment of a page pays nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from portal.web import menu
from portal.web.languages import address_in, html_lang


@dataclass(frozen=True)
class LanguageChoice:
    code: str
    name: str
    url: str
    is_current: bool

    @property
    def html_lang(self) -> str:
        return html_lang(self.code)


def page_shell(request: HttpRequest) -> dict[str, Any]:
    programme = getattr(request, "programme", None)
    return {
        "programme": programme,
        "demo": settings.DEMO,
        "html_lang": html_lang(),
        "languages": _lazily(lambda: language_choices(request)),
        "menu": _lazily(lambda: menu.entries(programme, request.path) if programme else {}),
    }


def language_choices(request: HttpRequest) -> list[LanguageChoice]:
    """The page in each language of the programme; a place that does not switch shows nothing."""
    programme = getattr(request, "programme", None)
    offered = programme.languages if programme else [code for code, _ in settings.LANGUAGES]
    match = request.resolver_match
    if len(offered) < 2 or (match and match.namespace == "staff"):
        return []
    here, current = request.get_full_path(), get_language()
    return [
        LanguageChoice(code, name, address_in(code, here), code == current)
        for code, name in settings.LANGUAGES
        if code in offered
    ]


def _lazily(make: Callable[[], Any]) -> Any:
    return SimpleLazyObject(make)
