"""Two partners find each other: from a posting for named partners to the logo and the published case."""

from collections.abc import Callable

import pytest

from partners.models import Member, Partner
from partners.states import MemberState
from portal.tenancy.models import Feature
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_member
from tests.prove.traveller import NARROW, WIDE, Journey, Traveller

Start = Callable[[str, str], Journey]
TITLE = "空き教室を使う、夜の電気教室"
PROPOSAL = {
    "background": "市内の空き教室は42か所です。",
    "theme": "空いた場所で、電気の仕組みを学ぶ",
    "what": "月に一度、教室を開きます。",
    "who": "当社の社員が、近くの子どもたちへ",
    "when": "来年の4月から",
    "where": "市内の学校",
    "how": "教材を持ち寄ります。",
    "asked_people": "教える方を3人",
    "budget": "教材費10万円を折半します。",
    "track_record": "去年、2回行いました。",
}


@pytest.mark.parametrize("slug", ["kanagawa", "tokyo", "yamaguchi"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_from_a_designated_posting_to_the_case(start: Start, slug: str, size: dict[str, int]) -> None:
    journey = start(f"posting to case, {size['width']} px", slug)
    if not journey.programme.has(Feature.MATCHING):
        pytest.skip("the programme has switched matching off")
    poster = journey.member(f"owner@{slug}.example.jp", size)
    name, number, address = another_partner(journey)
    other = journey.member(address, size)
    officer = journey.staff(f"approver@{slug}.example.jp")
    post_for(name, number, poster)
    decide(officer, "posting", TITLE, "確認して公開する")
    apply_and_talk(poster, other)
    report_twice(poster, other)
    decide(officer, "collaboration", TITLE, "成果を承認する")
    for one in (poster, other):
        take_logo(one)
    if not journey.programme.has(Feature.CASES):
        pytest.skip("the programme has switched cases off")
    tell_case(poster, other)
    decide(officer, "case", TITLE, "公開する")
    reader = journey.somebody(size)
    reader.go("/cases/")
    reader.link(TITLE, exact=False)
    reader.sees(name)


def another_partner(journey: Journey) -> tuple[str, int | None, str]:
    """Its name, its number (another may have that name too), and the address of its owner, who is new."""
    with programme_scope(journey.programme):
        active = Member.objects.filter(state=MemberState.ACTIVE).values("partner")
        partner = Partner.objects.listed().filter(is_migrated=True).exclude(pk__in=active).order_by("number")[0]
        return partner.name, partner.number, make_member(MemberRole.OWNER, partner).user.email


def post_for(name: str, number: int | None, poster: Traveller) -> None:
    page = poster.page
    poster.go("/mypage/matching/mine/")
    poster.link("企画書をつくる")
    page.fill("#id_title", TITLE)
    page.select_option("#id_category", index=1)
    page.locator("[name=reach][value=named]").check()
    for field, text in PROPOSAL.items():
        page.fill(f"#id_{field}", text)
    poster.press("保存して見え方を確かめる")
    page.fill("#q", name)
    poster.press("検索")
    poster.press(f"第{number}号", exact=False)
    poster.link("募集の内容に進む")
    poster.link("事務局へ提出する")
    poster.press("事務局へ提出する")
    poster.sees("事務局へ提出しました。")


def decide(staff: Traveller, what: str, title: str, deed: str) -> None:
    staff.go(f"/admin/matching/{what}/?q={title}")
    staff.link(title, exact=False)
    staff.press(deed)
    staff.press("1件に実行する")


def apply_and_talk(poster: Traveller, other: Traveller) -> None:
    other.go("/mypage/matching/")
    other.link(TITLE, exact=False)
    other.link("この募集に応募する")
    other.page.fill("#id_message", "教える者がおります。")
    other.page.locator("[name=method]").first.check()
    other.page.fill("#id_duties", "当社が教え、そちらが場所を用意します。")
    other.press("応募する")
    for answer in ("talking", "accepted"):
        poster.go("/mypage/matching/applications/")
        poster.follow(poster.page.get_by_role("listitem").filter(has_text=TITLE).get_by_role("link").first)
        poster.page.locator(f"[name=state][value={answer}]").check()
        poster.press("回答を送る")
        poster.sees("回答を送りました。")


def report_twice(poster: Traveller, other: Traveller) -> None:
    """Each side reports once, the other signs, and the outcome goes to the office."""
    poster.press("連携記録を開く")
    other.go(poster.page.url.removeprefix(poster.origin))
    for writer, reader in ((poster, other), (other, poster)):
        writer.link("経過を報告する")
        writer.page.locator("[name=step]").first.check()
        writer.page.fill("#id_text", "顔合わせをし、日取りを決めました。")
        writer.press("経過を報告する")
        writer.sees("保存し、相手の団体にメールで知らせました。")
        reader.go(reader.page.url.removeprefix(reader.origin))
        reader.press("確認しました")
        reader.sees("確認しました。")
    poster.link("成果を報告する")
    poster.page.fill("#id_outcome", "12回の教室に、のべ240人が来ました。")
    poster.press("成果を報告する")


def take_logo(one: Traveller) -> None:
    one.go("/mypage/matching/logos/")
    one.follow(one.page.locator("main a[href*='collaboration/terms']"))
    one.page.locator("#id_agrees").check()
    one.press("同意して受け取る")
    one.clicks += 1
    with one.page.expect_download() as download:
        one.page.locator("main").get_by_role("link", name="SVG").last.click()
    assert download.value.path().stat().st_size


def tell_case(poster: Traveller, other: Traveller) -> None:
    poster.go("/mypage/matching/records/")
    poster.link(TITLE, exact=False)
    poster.press("事例の下書きをつくる・開く")
    poster.link("概要と成果、写真")
    for field in ("outline", "results"):
        poster.page.fill(f"#id_{field}", "夜の教室に、親子が集まるようになりました。")
    poster.press("保存する")
    for number in range(2):
        poster.follow(poster.page.locator("main a[href*='/sides/']").nth(number))
        poster.page.locator("[name=roles]").first.check()
        poster.page.fill("#id_does", "場所と教材の用意")
        poster.press("保存する")
    poster.press("公開への同意を求める")
    other.go(poster.page.url.removeprefix(poster.origin))
    other.press("この内容の公開に同意する")
    other.sees("同意しました。")
