"""What a partner's people do from end to end."""

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from tests.factories import TYPED
from tests.prove.traveller import NARROW, WIDE, Journey, Traveller

Start = Callable[[str, str], Journey]
EVERYWHERE = pytest.mark.parametrize("slug", ["kanagawa", "tokyo", "yamaguchi"])
# As it is promised to partners.
MOST_SECONDS_OF_A_REPORT = 180
ADDRESS = "midori@minato.example.jp"


@pytest.mark.parametrize(
    ("slug", "size", "has_script"),
    [
        ("kanagawa", WIDE, True),
        ("kanagawa", NARROW, True),
        ("kanagawa", WIDE, False),
        ("tokyo", WIDE, True),
        ("yamaguchi", WIDE, True),
    ],
    ids=["desktop", "phone", "no script", "tokyo", "yamaguchi"],
)
def test_from_the_application_to_a_valid_certificate(
    start: Start, slug: str, size: dict[str, int], has_script: bool
) -> None:
    journey = start(f"registration to certificate, {size['width']} px{'' if has_script else ', no script'}", slug)
    first, second = (journey.somebody(size, has_script) for _device in range(2))
    apply_for_registration(first, journey)
    approve(journey)
    sign_in_by_link(first, second, journey)
    second.go("/mypage/profile/")
    second.follow(second.page.locator("main a[href$='/edit/initiatives/']"))
    second.page.locator("#id_summary").fill("屋根で発電し、余った電気を学校へ送ります。")
    second.press("内容の確認へ進む")
    second.press("この内容で保存する")
    second.sees("余った電気を学校へ送ります。")
    bank = journey.somebody(size, has_script)
    bank.go(address_on_certificate(second))
    bank.sees("この登録は、いま有効です")
    bank.sees(TYPED["name"])


def apply_for_registration(applicant: Traveller, journey: Journey) -> None:
    page = applicant.page
    applicant.go("/partners/register/")
    page.fill("#id_address", ADDRESS)
    applicant.press("申請のリンクを送る")
    applicant.go(path_in(journey.mail(ADDRESS).text, "/partners/register/"))
    applicant.link("要件の確認")
    for box in page.locator("[name=requirements]").all():
        box.check()
    applicant.press("保存して次へ進む")
    page.select_option("#id_kind", "company")
    for name in ("name", "kana", "address", "capital", "employees_regular", "office_name"):
        page.fill(f"#id_{name}", TYPED[name])
    page.select_option("#id_municipality", index=1)
    page.select_option("#id_industry_division", TYPED["industry_division"])
    page.select_option("#id_industry_group", TYPED["industry_group"])
    applicant.press("保存して次へ進む")
    for name in ("contact_name", "contact_kana", "contact_phone"):
        page.fill(f"#id_{name}", TYPED[name])
    applicant.press("保存して次へ進む")
    for name in ("summary", "economy", "society", "environment", "published_at"):
        page.fill(f"#id_{name}", TYPED[name])
    page.check("#id_goals_6")
    applicant.press("保存して次へ進む")
    if page.url.endswith("/subscriptions/"):
        applicant.press("保存して次へ進む")
    applicant.press("この内容で申請する")
    applicant.sees("申請を受け付けました")


def approve(journey: Journey) -> None:
    approver = journey.staff(f"approver@{journey.programme.slug}.example.jp")
    approver.go(f"/admin/partners/application/?q={ADDRESS}")
    approver.link(TYPED["name"])
    for box in approver.page.locator("[name=checklist]").all():
        box.check()
    approver.follow(approver.page.locator("[name=_continue]"))
    approver.press("承認して登録する")
    approver.press("1件に実行する")
    assert "登録番号" in journey.mail(ADDRESS, "partners.application_approved").text


def sign_in_by_link(first: Traveller, second: Traveller, journey: Journey) -> None:
    """Asked for on one device, and the mail is read on another."""
    first.go("/sign-in/")
    first.page.get_by_label("メールアドレス").first.fill(ADDRESS)
    first.press("ログイン用のメールを送る")
    second.go(journey.mail(ADDRESS).link)
    second.press("ログインする")
    second.press("確認して使い始める")
    assert second.page.url.endswith("/mypage/")


def address_on_certificate(owner: Traveller) -> str:
    """What its QR code says stands below it in letters too."""
    link = owner.page.locator("main a[href$='/certificates/mine/']")
    _kind, body = owner.fetch(link.get_attribute("href") or "")
    paper = PdfReader(io.BytesIO(body))
    return path_in(paper.pages[0].extract_text().replace("\n", ""), "/certificates/")


def path_in(text: str, beginning: str) -> str:
    found = re.search(rf"{beginning}[\w-]+/", text)
    assert found, text
    return found[0]


@EVERYWHERE
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_the_annual_report_from_its_draft(start: Start, slug: str, size: dict[str, int]) -> None:
    journey = start(f"annual report, {size['width']} px", slug)
    owner = journey.member(f"owner@{slug}.example.jp", size)
    owner.go("/renewals/")
    owner.link("報告する")
    if not owner.page.locator("#id_business").input_value():
        owner.page.locator("#id_business").fill("地域の清掃に、社員と住民の20人で取り組みました。")
    owner.press("見え方の確認へ進む")
    owner.press("この内容で提出する")
    owner.sees("活動報告を受け付けました。")
    assert journey.seconds < MOST_SECONDS_OF_A_REPORT
