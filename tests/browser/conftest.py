"""A real Chromium that visits a real site. Both are shared by the tests of a worker; each test has its own context."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.site import Site, served_here


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., "Page"]]:
    """visit("/en/"): a page of Kanagawa's site. What the browser complains of fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def go(path: str = "/", host: str = "kanagawa.localhost", **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(site.url(path, host))
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def port(committed: None) -> Iterator[int]:
    """The site served by this process, so that the test's own rows are there."""
    with served_here() as port:
        yield port
