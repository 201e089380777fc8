"""The four things that are done most, with the keyboard alone: sign in, sign up, apply, report."""

from collections.abc import Callable

import pytest

from tests.prove.traveller import NARROW, Journey

Start = Callable[[str, str], Journey]
EVERYWHERE = pytest.mark.parametrize("slug", ["kanagawa", "tokyo", "yamaguchi"])
# Its places are not all taken.
MEETINGS = {"kanagawa": "新しく登録した方への説明会"}


@EVERYWHERE
def test_signing_in(start: Start, slug: str) -> None:
    journey, address = start("sign in by keyboard", slug), f"owner@{slug}.example.jp"
    owner = journey.somebody(NARROW)
    owner.go("/sign-in/")
    owner.type_into(owner.page.get_by_label("メールアドレス").first, address)
    owner.enter(owner.page.get_by_role("button", name="ログイン用のメールを送る"))
    owner.type_into(owner.page.get_by_label("メールに書かれた番号"), journey.mail(address).code)
    owner.enter(owner.page.get_by_role("button", name="この画面でログインする"))
    assert owner.page.url.endswith("/mypage/")


@pytest.mark.parametrize("slug", MEETINGS)
def test_signing_up_for_a_meeting(start: Start, slug: str) -> None:
    """The organisation is there already: one more person is added."""
    journey = start("sign up by keyboard", slug)
    owner = journey.member(f"owner@{slug}.example.jp")
    main = owner.page.locator("main")
    owner.go("/mypage/meetings/")
    owner.enter(main.get_by_role("link", name=MEETINGS[slug]).first)
    owner.enter(main.get_by_role("link", name="申込みを変更する"))
    owner.type_into(main.locator("#id_name-1"), "田中 緑")
    owner.type_into(main.locator("#id_email-1"), "midori@example.jp")
    owner.enter(main.get_by_role("button", name="内容の確認へ進む"))
    owner.enter(main.get_by_role("button", name="この内容で申し込む"))
    owner.sees("田中 緑")
    assert journey.mail("midori@example.jp").subject


@EVERYWHERE
def test_applying_to_a_posting(start: Start, slug: str) -> None:
    journey = start("apply by keyboard", slug)
    owner = journey.member(f"owner@{slug}.example.jp")
    main = owner.page.locator("main")
    owner.go("/mypage/matching/")
    owner.enter(main.get_by_role("link", name="端材を使う木工教室をいっしょに").first)
    owner.enter(main.get_by_role("link", name="この募集に応募する"))
    owner.type_into(main.locator("#id_message"), "教室の場所をお貸しできます。")
    owner.tick(main.locator("[name=method]").first)
    owner.type_into(main.locator("#id_duties"), "当方は場所、そちらは端材と先生。")
    owner.enter(main.get_by_role("button", name="応募する", exact=True))
    owner.sees("応募しました。")


@EVERYWHERE
def test_sending_the_annual_report(start: Start, slug: str) -> None:
    journey = start("annual report by keyboard", slug)
    owner = journey.member(f"owner@{slug}.example.jp")
    main = owner.page.locator("main")
    owner.go("/renewals/")
    owner.enter(main.get_by_role("link", name="報告する", exact=True))
    owner.type_into(main.locator("#id_business"), "地域の清掃に、社員と住民の20人で取り組みました。")
    owner.enter(main.get_by_role("button", name="見え方の確認へ進む"))
    owner.enter(main.get_by_role("button", name="この内容で提出する"))
    owner.sees("活動報告を受け付けました。")
