"""What a form does in a browser: the focus on its errors, the Enter key, the language switch, changes on the way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

FORM = "/demo/components/form/"
ERROR = "エラー：見本のフォーム｜神奈川県 SDGsパートナーポータル"


def fill(page: Page) -> None:
    page.fill("#id_name", "株式会社あおばソーラー")
    page.check("#id_kind_0")
    page.select_option("#id_region", "centre")
    page.check("#id_goals_6")
    page.fill("#id_activity", "屋根を借りて\n発電しています。")
    page.fill("#id_person", "青葉 みのり")
    page.fill("#id_email", "minori@aoba.example.jp")
    page.check("#id_agreed")


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(visit: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    return visit(FORM, java_script_enabled=request.param)


def test_errors_take_the_focus_and_lead_to_their_fields(visit: Callable[..., Page]) -> None:
    page = visit(FORM)
    fill(page)
    page.fill("#id_number", "12")
    page.get_by_role("button", name="内容の確認へ進む").click()
    expect(page).to_have_title(ERROR)
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="法人番号：13桁の数字で入力してください。").click()
    expect(page.locator("#id_number")).to_be_focused()
    expect(page.locator("#id_number")).to_have_value("12")


def test_the_language_switch_keeps_what_was_typed(page: Page) -> None:
    fill(page)
    page.fill("#id_email", "not an address")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_title("Sample form | Kanagawa Prefecture SDGs Partner Portal")
    assert page.url.endswith(f"/en{FORM}")
    expect(page.locator("#id_email")).to_have_value("not an address")
    expect(page.locator("#id_activity")).to_have_value("屋根を借りて\n発電しています。")
    expect(page.locator("#id_goals_6")).to_be_checked()
    expect(page.locator("#error-summary")).to_have_count(0)
    page.get_by_role("button", name="日本語", exact=True).click()
    assert page.url.endswith(FORM)
    expect(page.locator("#id_kind_0")).to_be_checked()


def test_enter_sends_the_form_and_does_not_switch_the_language(page: Page) -> None:
    fill(page)
    page.press("#id_name", "Enter")
    expect(page.locator("h1")).to_have_text("入力した内容の確認")


def test_from_input_to_done_with_a_change_on_the_way(page: Page) -> None:
    fill(page)
    page.get_by_role("button", name="内容の確認へ進む").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Check what you entered")
    page.get_by_role("button", name="日本語", exact=True).click()
    page.locator("dl div", has_text="担当者の氏名").get_by_role("button").click()
    expect(page.locator("#id_person")).to_be_focused()
    page.fill("#id_person", "青葉 太郎")
    page.get_by_role("button", name="内容の確認へ進む").click()
    expect(page.locator("main")).to_contain_text("青葉 太郎")
    page.get_by_role("button", name="この内容で送信する").click()
    expect(page.locator("h1")).to_have_text("送信しました")


def test_a_confirm_page_sends_once(visit: Callable[..., Page]) -> None:
    page = visit(FORM)
    fill(page)
    page.get_by_role("button", name="内容の確認へ進む").click()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="この内容で送信する").dblclick()
    expect(page.locator("h1")).to_have_text("送信しました")
    assert len(sent) == 1


def test_every_page_reads_at_four_times_the_size(visit: Callable[..., Page]) -> None:
    for path in ("/", FORM, "/demo/components/", "/about/privacy/"):
        page = visit(path, viewport={"width": 320, "height": 256})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_first_key_leads_past_the_header(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_opens_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit("/", viewport={"width": 375, "height": 700}, java_script_enabled=False)
    entry = page.locator(".site-nav a").first
    expect(entry).to_be_hidden()
    page.get_by_role("button", name="メニュー").click()
    expect(entry).to_be_visible()
    page.get_by_role("button", name="閉じる").click()
    expect(entry).to_be_hidden()
