"""From the mailed link to the receipt in Chromium: narrow and wide, with axe on every page, and without JavaScript."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from partners.models import Application, RegistrationSettings
from partners.services.registration import return_application
from partners.states import ApplicationState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.browser.test_public_pages import NARROW, WCAG, WIDE
from tests.factories import TYPED, make_actor, make_programme, make_sent_application
from tests.mailbox import letters

ADDRESS = "midori@minato.example.jp"
REQUIREMENTS = [{"ja": "県内に事業所があること"}, {"ja": "取組を公表していること"}]
Look = Callable[[Page], None]


@pytest.fixture
def programme(committed: None) -> Programme:
    programme = make_programme("kanagawa")
    make_programme("tokyo")
    with programme_scope(programme):
        RegistrationSettings.objects.create(requirements=REQUIREMENTS)
    return programme


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(chromium: Browser, port: int, programme: Programme, has_script: bool) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=f"http://{programme.primary_host}:{port}", locale="ja-JP", java_script_enabled=has_script
    )
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not complaints


@pytest.fixture
def look(has_script: bool) -> Look:
    """No violation and nothing cut off, at both widths."""

    def at(page: Page) -> None:
        for size in (WIDE, NARROW) if has_script else ():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(page, options=WCAG)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url

    return at


def onward(page: Page) -> None:
    page.get_by_role("button", name="保存して次へ進む").click()


def link_in_mail(programme: Programme) -> str:
    found = re.search(r"/partners/register/[\w-]{40,}/", letters(programme, ADDRESS)[-1].text)
    assert found
    return found[0]


def test_applying(page: Page, look: Look, programme: Programme) -> None:
    page.goto("/partners/register/")
    look(page)
    page.fill("#id_address", ADDRESS)
    page.get_by_role("button", name="申請のリンクを送る").click()
    look(page)
    start = link_in_mail(programme)
    page.goto(start)
    look(page)
    page.get_by_role("link", name="要件の確認").click()
    for requirement in REQUIREMENTS:
        page.get_by_label(requirement["ja"]).check()
    look(page)
    onward(page)
    page.select_option("#id_kind", "company")
    page.fill("#id_name", TYPED["name"])
    onward(page)
    expect(page).to_have_title(re.compile("^エラー："))
    look(page)
    for name in ("kana", "address", "capital", "employees_regular", "office_name"):
        page.fill(f"#id_{name}", TYPED[name])
    page.select_option("#id_municipality", index=1)
    page.select_option("#id_industry_division", TYPED["industry_division"])
    page.select_option("#id_industry_group", TYPED["industry_group"])
    onward(page)
    page.fill("#id_contact_name", TYPED["contact_name"])
    page.get_by_role("button", name="保存してあとで続ける").click()
    expect(page.locator("main")).to_contain_text("保存しました")
    look(page)
    page.get_by_role("link", name="担当者", exact=True).click()
    expect(page.locator("#id_contact_name")).to_have_value(TYPED["contact_name"])
    expect(page.locator("#id_contact_email")).to_have_value(ADDRESS)
    page.fill("#id_contact_kana", TYPED["contact_kana"])
    page.fill("#id_contact_phone", TYPED["contact_phone"])
    look(page)
    onward(page)
    for name in ("summary", "economy", "society", "environment", "published_at"):
        page.fill(f"#id_{name}", TYPED[name])
    page.check("#id_goals_6")
    look(page)
    onward(page)
    look(page)
    page.locator("dl div", has_text="経済の取組").get_by_role("link").click()
    page.fill("#id_economy", "別の取組")
    onward(page)
    expect(page.locator("main")).to_contain_text("別の取組")
    page.get_by_role("button", name="この内容で申請する").click()
    expect(page.locator("main")).to_contain_text("申請を受け付けました")
    look(page)
    with programme_scope(programme):
        assert Application.objects.get().state == ApplicationState.SENT


def test_correcting(page: Page, look: Look, programme: Programme) -> None:
    with programme_scope(programme):
        application = make_sent_application(ADDRESS)
        actor = make_actor(StaffRole.OFFICER, programme)
        return_application(application=application, reason="所在地を直してください。", actor=actor)
    page.goto(link_in_mail(programme))
    expect(page.locator("main")).to_contain_text("所在地を直してください。")
    look(page)
    page.get_by_role("link", name="団体", exact=True).click()
    page.fill("#id_address", "海岸通2番")
    onward(page)
    page.goto(f"/partners/register/{application.link_token}/confirm/")
    page.get_by_role("button", name="この内容で申請する").click()
    expect(page.locator("main")).to_contain_text("申請を受け付けました")
    page.get_by_role("link", name="申請を取り下げる").click()
    look(page)
    page.get_by_role("button", name="申請を取り下げる").click()
    expect(page.locator("main")).to_contain_text("取り下げられています")
    look(page)
