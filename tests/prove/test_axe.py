"""Every kind of page that somebody is led to, in Chromium: WCAG 2.2 AA by axe, narrow and wide, in the page's language."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser

from tests.browser.test_public_pages import NARROW, WIDE
from tests.browser.test_staff_pages import AXE
from tests.prove.report import note
from tests.prove.walk import Walk

WALKED_AS = ["kanagawa public", "kanagawa owner", "tokyo owner", "kanagawa approver", "operator"]


@pytest.mark.parametrize("name", WALKED_AS)
def test_every_kind_of_page_is_open_to_everybody(
    walks: dict[str, Walk], chromium: Browser, open_port: int, name: str
) -> None:
    walk, wrong, tried = walks[name], [], 0
    address = f"http://{walk.person.host}:{open_port}"
    context = chromium.new_context(base_url=address, locale="ja-JP")
    if cookie := walk.person.client.cookies.get(settings.SESSION_COOKIE_NAME):
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": address}])
    page = context.new_page()
    for number, path in enumerate(kinds_of_pages(walk)):
        page.goto(path)
        # In another language than Japanese only the words differ: one width each, by turns.
        for size in (WIDE, NARROW) if not path.startswith(("/en/", "/easy/")) else ((WIDE, NARROW)[number % 2],):
            tried += 1
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(page, options=AXE).response["violations"]
            wrong += [f"{path} {size['width']}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{path}: too wide at {size['width']}")
    context.close()
    note(f"pages looked at by axe as {name}", tried)
    assert not wrong, "\n".join(wrong)


def kinds_of_pages(walk: Walk) -> Iterator[str]:
    seen = set()
    for page in walk.pages.values():
        if page.status == 200 and page.content_type.startswith("text/html") and page.route not in seen:
            seen.add(page.route)
            yield page.address
