"""Every page that the public may open, in Chromium: WCAG 2.2 AA by axe, narrow and wide."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.policy.walking import in_turn, open_pages

LANGUAGES = ("ja", "en")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


def in_one_language() -> list[tuple[int, str, str]]:
    """One view in Japanese, the next in English; all in both for `make prove`."""
    pages = open_pages(LANGUAGES)
    views = [pages[start : start + len(LANGUAGES)] for start in range(0, len(pages), len(LANGUAGES))]
    return [(number, *page) for number, view in enumerate(views) for page in in_turn(view, number)]


@pytest.mark.parametrize(("number", "host", "path"), in_one_language())
def test_a_page_is_open_to_everybody(visit: Callable[..., Page], number: int, host: str, path: str) -> None:
    """axe reads every second view of a language wide, and the others narrow; `make prove` reads all at both widths."""
    page = visit(path, host, viewport=WIDE)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"too wide at {size['width']}"
        )
        if size in in_turn((WIDE, NARROW), number // len(LANGUAGES)):
            found = Axe().run(page, options=WCAG)
            assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/", "/partners/", "/contact/"])
def test_a_page_works_without_javascript(visit: Callable[..., Page], path: str) -> None:
    """tests/policy/test_open_pages.py looks at what the server sends for every page."""
    page = visit(path, java_script_enabled=False)
    assert page.locator("main h1").first.is_visible()
    assert page.locator("footer a").first.is_visible()
