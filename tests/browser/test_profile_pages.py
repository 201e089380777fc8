"""A partner's own pages in Chromium: open to everybody, narrow and wide; a suggestion taken, confirmed and saved."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from partners.models import PostalTown
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.browser.test_public_pages import NARROW, WCAG, WIDE
from tests.factories import make_member, make_partner, make_programme
from tests.policy.walking import in_turn
from tests.sessions import signed_in

PAGES = [
    "/mypage/profile/", "/mypage/profile/edit/place/", "/mypage/profile/visibility/", "/mypage/profile/logo/",
    "/mypage/profile/rows/offices/add/", "/mypage/profile/changes/ask/name/", "/mypage/profile/seen-by/public/",
    "/mypage/profile/leave/", "/mypage/history/", "/mypage/activities/",
]  # fmt: skip


@pytest.fixture
def programme(committed: None) -> Programme:
    PostalTown.objects.create(code="231-0021", municipality="141046", town="日本大通")
    make_programme("tokyo")
    return make_programme("kanagawa")


@pytest.fixture
def page(chromium: Browser, port: int, programme: Programme) -> Iterator[Page]:
    with programme_scope(programme):
        member = make_member(MemberRole.OWNER, make_partner(kind="npo", phone="045-000-0000"))
        cookie = signed_in(member.user, programme, member).cookies[settings.SESSION_COOKIE_NAME].value
    address = f"http://{programme.primary_host}:{port}"
    context = chromium.new_context(base_url=address, locale="ja-JP")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not complaints


def test_every_page_is_open_to_everybody(page: Page) -> None:
    wrong = []
    for number, path in enumerate(PAGES):
        page.goto(path)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            is_read = size in in_turn((WIDE, NARROW), number)
            if is_read and (found := Axe().run(page, options=WCAG)).violations_count:
                wrong.append(f"{path} {size['width']}: {found.generate_report()}")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{path}: too wide at {size['width']}")
    assert not wrong, "\n".join(wrong)


def test_a_suggestion_is_taken_and_enter_presses_no_button_of_it(page: Page) -> None:
    page.goto("/mypage/profile/edit/place/")
    page.get_by_label("郵便番号").fill("2310021")
    page.get_by_role("button", name="候補を探す").click()
    page.get_by_role("button", name="この内容を入れる").click()
    expect(page.get_by_label("町名・番地・建物")).to_have_value("日本大通")
    page.get_by_label("町名・番地・建物").fill("日本大通1番")
    # Enter sends the form, and presses no other button.
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="変更の確認")).to_be_visible()
    page.get_by_role("button", name="この内容で保存する").click()
    expect(page.get_by_text("項目の変更を保存しました。")).to_be_visible()
    assert urlsplit(page.url).path == "/mypage/profile/"
    expect(page.get_by_text("日本大通1番")).to_be_visible()
