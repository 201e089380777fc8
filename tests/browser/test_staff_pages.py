"""The back office in Chromium: no complaint under the strict policy, no axe violation, usable narrow and by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from partners.models import Application, RegistrationSettings
from partners.queries.registration import fingerprint
from partners.services.registration import return_application, send_application
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest
from portal.web.models import Page as OwnPage
from portal.web.services.approvals import ask_approval
from portal.web.services.programmes import change_programme
from portal.web.services.work import add_comment
from tests.browser.test_public_pages import NARROW, WCAG, WIDE
from tests.factories import make_actor, make_page, make_programme, make_sent_application
from tests.policy.walking import in_turn
from tests.portal.web.deeds import RENAME, registered_deed
from tests.sessions import signed_in

Open = Callable[..., Page]
# Without its own look into the stylesheets, which follows their imports to places that do not exist.
AXE = WCAG | {"preload": False}


@pytest.fixture
def programme(committed: None) -> Iterator[Programme]:
    programme = make_programme("kanagawa")
    make_programme("tokyo")
    with programme_scope(programme), registered_deed():
        officer, approver = make_actor(StaffRole.OFFICER, programme), make_actor(StaffRole.APPROVER, programme)
        change_programme(programme=programme, values={"second_approval": [RENAME]}, actor=approver)
        for slug in OwnPage.Slug.values[:3]:
            page = make_page(slug=slug, title=f"{slug}のページ")
            request = ask_approval(name=RENAME, subject=page, what="題名を変えます。", data={}, actor=officer)
            add_comment(subject=request, text="電話で確かめました。", actor=officer)
        RegistrationSettings.objects.create(requirements=[{"ja": "県内に事業所があること", "en": "An office here."}])
        application = make_sent_application()
        return_application(application=application, reason="所在地を直してください。", actor=officer)
        application.refresh_from_db()
        application.data |= {"address": ["海岸通2番"]}
        application.save()
        send_application(application=application, seen=fingerprint(application.data))
        yield programme


@pytest.fixture
def desk(chromium: Browser, port: int, programme: Programme) -> Iterator[Open]:
    """desk("/admin/"): a page of the back office, open before an approver. What Chromium complains of fails the test."""
    approver = make_actor(StaffRole.APPROVER, programme)
    cookie = signed_in(approver.user, programme).cookies[settings.SESSION_COOKIE_NAME].value
    address = f"http://{programme.primary_host}:{port}"
    context = chromium.new_context(base_url=address, locale="ja-JP")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    complaints: list[str] = []

    def go(path: str, size: dict[str, int] = WIDE) -> Page:
        page = context.new_page()
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield go
    context.close()
    assert not complaints


def addresses(programme: Programme) -> list[str]:
    with programme_scope(programme):
        request, page = ApprovalRequest.objects.first(), OwnPage.objects.first()
        application, settings = Application.objects.get(), RegistrationSettings.objects.get()
    assert request
    assert page
    return [
        "/admin/", "/admin/?whose=mine", "/admin/web/approvalrequest/", f"/admin/web/approvalrequest/{request.pk}/change/",
        "/admin/web/page/", "/admin/web/page/add/", f"/admin/web/page/{page.pk}/change/",
        f"/admin/web/page/{page.pk}/history/", f"/admin/tenancy/programme/{programme.pk}/change/",
        f"/admin/tenancy/programme/{programme.pk}/history/", "/admin/audit/auditevent/", "/admin/audit/auditevent/export/",
        "/admin/partners/application/", f"/admin/partners/application/{application.pk}/change/",
        "/admin/partners/application/export/", "/admin/partners/batch/", "/admin/partners/batch/add/",
        f"/admin/partners/registrationsettings/{settings.pk}/change/",
    ]  # fmt: skip


def test_every_page_is_open_to_everybody_on_the_staff(desk: Open, programme: Programme) -> None:
    wrong = []
    for number, path in enumerate(addresses(programme)):
        page = desk(path)
        if foreign := [words for words in page.evaluate(FOREIGN) if words not in ("English", "Excel（XLSX）")]:
            wrong.append(f"{path}: not in Japanese: {foreign}")
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            is_read = size in in_turn((WIDE, NARROW), number)
            if is_read and (found := Axe().run(page, options=AXE)).violations_count:
                wrong.append(f"{path} {size['width']}: {found.generate_report()}")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{path}: too wide at {size['width']}")
            if small := page.evaluate(SMALL):
                wrong.append(f"{path} {size['width']}: hard to hit: {small}")
        page.close()
    assert not wrong, "\n".join(wrong)


# Buttons, fields and lone links under 44 px; links within a sentence or a table are as high as their line.
SMALL = """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, nav a, .object-tools a, summary")]
  .filter((node) => node.checkVisibility() && !node.closest(".breadcrumbs"))
  .map((node) => node.matches("[type=checkbox], [type=radio]") ? (node.closest("label, td, th") ?? node.labels[0] ?? node) : node)
  .filter((node) => node.getBoundingClientRect().height < 43.5 && node.getBoundingClientRect().width > 0)
  .map((node) => `${node.tagName} ${node.id || node.textContent.trim().slice(0, 20)} ${node.getBoundingClientRect().height}`)"""


# What is written for staff, without a single Japanese letter.
FOREIGN = """() => [...document.querySelectorAll("h1, h2, h3, label, button, legend, summary, th, .paginator, .help, .breadcrumbs")]
  .map((node) => node.innerText.trim())
  .filter((text) => /[A-Za-z]{4,}/.test(text) && !/[\u3040-\u30ff\u4e00-\u9fff]/.test(text))"""


def test_an_item_is_two_presses_from_done(desk: Open, programme: Programme) -> None:
    page = desk("/admin/")
    page.get_by_role("link", name="privacyのページ").click()
    page.get_by_role("button", name="承認して実行する").click()
    expect(page.get_by_role("status")).to_contain_text("1件に「承認して実行する」を実行しました。")
    with programme_scope(programme):
        assert OwnPage.objects.filter(title="新").count() == 1


def test_a_whole_deed_by_keyboard(desk: Open, programme: Programme) -> None:
    page = desk("/admin/web/approvalrequest/")
    page.locator("input.action-select").first.focus()
    page.keyboard.press("Space")
    page.get_by_label("操作").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("操作").evaluate("node => node.selectedOptions[0].label") == "差し戻す"
    page.get_by_role("button", name="実行").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "4px"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="対象になる1件")).to_be_visible()
    page.get_by_label("理由").focus()
    page.keyboard.type("書類が足りません")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("差し戻す")


def test_the_menu_opens_on_a_phone_and_lies_open_on_a_desk(desk: Open) -> None:
    wide, narrow = desk("/admin/", WIDE), desk("/admin/", NARROW)
    assert wide.get_by_role("link", name="団体", exact=True).is_visible()
    assert not narrow.get_by_role("link", name="団体", exact=True).is_visible()
    narrow.get_by_text("メニュー").click()
    assert narrow.get_by_role("link", name="団体", exact=True).is_visible()
