"""What a partner's people do from end to end, each journey in every programme where it applies."""

from collections.abc import Callable

import pytest

from tests.prove.traveller import NARROW, Journey

Start = Callable[[str, str], Journey]
EVERYWHERE = pytest.mark.parametrize("slug", ["kanagawa"])


@EVERYWHERE
def test_signing_in_by_keyboard(start: Start, slug: str) -> None:
    journey = start("sign in by keyboard", slug)
    address = f"owner@{slug}.example.jp"
    owner = journey.somebody(NARROW)
    owner.go("/")
    owner.enter(owner.page.get_by_role("link", name="ログイン").first)
    owner.type_into(owner.page.get_by_label("メールアドレス"), address)
    owner.enter(owner.page.get_by_role("button", name="ログイン用のメールを送る"))
    owner.type_into(owner.page.get_by_label("メールに書かれた番号"), journey.mail(address).code)
    owner.enter(owner.page.get_by_role("button", name="この画面でログインする"))
    assert owner.page.url.endswith("/mypage/")
