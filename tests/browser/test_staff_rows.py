"""Rows inside a staff form (what a meeting offers, asks and whom it invites) in Chromium, with script and without."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from meetings.models import Invitation, JoiningDetails, Meeting, Question
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.browser.test_staff_pages import AXE
from tests.factories import make_actor, make_meeting, make_partner, make_programme
from tests.sessions import signed_in

SAVED = "変更しました"


@pytest.fixture
def programme(committed: None) -> Programme:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        meeting = make_meeting()
        JoiningDetails.objects.create(meeting=meeting, url="https://example.jp/old", shown_from=meeting.starts_at)
        make_partner(number=7)
    return programme


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, chromium: Browser, port: int, programme: Programme) -> Iterator[Page]:
    """The form of the meeting before an officer."""
    officer = make_actor(StaffRole.OFFICER, programme)
    cookie = signed_in(officer.user, programme).cookies[settings.SESSION_COOKIE_NAME].value
    address = f"http://{programme.primary_host}:{port}"
    context = chromium.new_context(base_url=address, locale="ja-JP", java_script_enabled=request.param)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    page = context.new_page()
    with programme_scope(programme):
        page.goto(f"/admin/meetings/meeting/{Meeting.objects.get().pk}/change/")
    yield page
    context.close()


def save(page: Page) -> None:
    page.locator("[name=_continue]").click()


def test_rows_are_added_and_changed(page: Page, programme: Programme) -> None:
    page.locator("[name=joining-0-url]").fill("https://example.jp/new")
    page.locator("[name=questions-0-text]").fill("駐車場は要りますか")
    page.locator("[name=invitations-0-partner]").fill("8")
    save(page)
    expect(page.get_by_text("この登録番号の団体は見つかりません。")).to_be_visible()
    page.locator("[name=invitations-0-partner]").fill("7")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(page.locator("[name=invitations-0-partner]")).to_have_value("7")
    with programme_scope(programme):
        assert JoiningDetails.objects.get().url == "https://example.jp/new"
        assert Question.objects.get().text == "駐車場は要りますか"
        assert Invitation.objects.get().partner.number == 7
    # Nobody is invited twice.
    page.locator("[name=invitations-1-partner]").fill("7")
    save(page)
    expect(page.locator(".errornote")).to_be_visible()
    with programme_scope(programme):
        assert Invitation.objects.count() == 1


def test_what_a_colleague_has_changed_in_a_row_is_not_overwritten_unseen(page: Page, programme: Programme) -> None:
    with programme_scope(programme):
        JoiningDetails.objects.update(url="https://example.jp/colleague")
    page.locator("[name=joining-0-url]").fill("https://example.jp/mine")
    save(page)
    expect(page.get_by_text("今は「https://example.jp/colleague」です")).to_be_visible()
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    with programme_scope(programme):
        assert JoiningDetails.objects.get().url == "https://example.jp/mine"


@pytest.mark.parametrize("page", [True], indirect=True)
def test_each_field_of_a_row_has_its_name(page: Page) -> None:
    assert Axe().run(page, options=AXE).response["violations"] == []
