"""Every page that the public may open, in Chromium: WCAG 2.2 AA by axe, narrow and wide, with and without JavaScript."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

from tests.policy.access import PLATFORM, SITE
from tests.policy.routes import places
from tests.policy.walking import in_turn

LANGUAGES = ("ja", "en")
HOSTS = {settings.ROOT_URLCONF: "kanagawa.localhost", settings.PLATFORM_URLCONF: settings.PLATFORM_HOST}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


def open_pages() -> list[tuple[str, str]]:
    """Host and path of every route without parameters that the access table opens to the public, each view once."""
    found: dict[tuple[object, str], tuple[str, str]] = {}
    for (urlconf, host), table in zip(HOSTS.items(), (SITE, PLATFORM), strict=True):
        for place in places(urlconf):
            route = table.get(place.name)
            is_document = "." in place.pattern
            if route and route.is_open and place.has_languages and not place.parameters and not is_document:
                for language in LANGUAGES:
                    found.setdefault((place.callback, language), (host, place.address({}, language)))
    return list(found.values())


@pytest.mark.parametrize(("number", "host", "path"), [(number, *page) for number, page in enumerate(open_pages())])
def test_a_page_is_open_to_everybody(visit: Callable[..., Page], number: int, host: str, path: str) -> None:
    """axe reads each at one width, and its other language at the other one; `make prove` reads all at both."""
    view, language = divmod(number, len(LANGUAGES))
    page = visit(path, host, viewport=WIDE)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"too wide at {size['width']}"
        )
        if size in in_turn((WIDE, NARROW), view + language):
            found = Axe().run(page, options=WCAG)
            assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("host", "path"), open_pages()[:: len(LANGUAGES)])
def test_a_page_works_without_javascript(visit: Callable[..., Page], host: str, path: str) -> None:
    page = visit(path, host, java_script_enabled=False)
    assert page.locator("main h1").first.is_visible()
    assert page.locator("footer a").first.is_visible()
