"""What stands around every page: on a programme, on the platform, with and without somebody signed in."""

import re

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.tenancy.models import Feature, Programme
from portal.web import menu
from portal.web.context import page_shell
from portal.web.demo.forms import SampleForm


def shell(programme: Programme | None, path: str = "/", **more: object) -> str:
    request = RequestFactory().get(path)
    request.programme = programme  # type: ignore[attr-defined]
    return render_to_string("base.html", page_shell(request) | more)


def test_a_programme_names_itself(kanagawa: Programme) -> None:
    html = shell(kanagawa)
    assert "｜神奈川県 SDGsパートナーポータル</title>" in html
    assert '<html lang="ja" data-palette="blue">' in html
    assert "<small>神奈川県</small> SDGsパートナーポータル" in html
    assert "神奈川県 いのち・未来戦略本部室 SDGs推進グループ" in html
    assert "〒000-0000 横浜市中区日本大通0番" in html
    assert "平日 8時30分〜17時15分" in html
    for slug in ("site-policy", "privacy", "accessibility"):
        assert f'href="/about/{slug}/"' in html


def test_the_platform_names_no_programme(kanagawa: Programme) -> None:
    html = shell(None)
    assert "架け橋 Kakehashi</title>" in html
    assert "神奈川" not in html
    assert "data-palette" not in html


def test_the_page_can_be_reached_by_keyboard(kanagawa: Programme) -> None:
    html = shell(kanagawa)
    assert html.index('<a class="skip" href="#main">') < html.index("<header")
    assert '<main id="main" tabindex="-1">' in html


def test_messages_are_shown_once(kanagawa: Programme) -> None:
    html = shell(kanagawa, messages=[])
    assert "messages" not in html
    html = shell(kanagawa, messages=[Message(constants.SUCCESS, "保存しました。<b>")])
    assert '<div class="banner banner-success">' in html
    assert "保存しました。&lt;b&gt;" in html


def test_the_title_says_when_a_form_has_errors(kanagawa: Programme) -> None:
    assert "<title>エラー：" in shell(kanagawa, form=SampleForm({}))
    assert "<title>エラー：" not in shell(kanagawa, form=SampleForm())


@pytest.mark.parametrize("part", [part for part in menu.PARTS if part.url_name], ids=lambda part: part.name)
def test_every_part_of_the_menu_has_its_page(part: menu.Part) -> None:
    assert reverse(part.url_name)


def test_parts_have_one_name_and_one_label() -> None:
    names = [part.name for part in menu.PARTS]
    assert len(names) == len(set(names))
    assert set(menu.OPEN) | set(menu.FOR_MEMBERS) <= set(names)
    assert all(bool(part.label) != bool(part.word) for part in menu.PARTS)
    assert {part.feature for part in menu.PARTS if part.feature} <= set(Feature.values)


def test_the_menu_follows_the_programmes_switches_and_words(tokyo: Programme) -> None:
    tokyo.features = [Feature.DIRECTORY]
    # What has no switch of its own is there as well.
    assert [entry.label for entry in menu.entries(tokyo).values()] == [
        "会員企業", "支援と相談窓口", "オープンデータ", "マイページ・ログイン",
    ]  # fmt: skip


def test_a_part_enters_the_header_with_its_page(kanagawa: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    part = menu.Part(
        "partners", "search", "", word="partners", feature=Feature.DIRECTORY, url_name="home", in_header=True
    )
    monkeypatch.setattr(menu, "PARTS", [part])
    html = shell(kanagawa, "/somewhere/")
    assert re.search(r'<li><a href="/" aria-current="true">登録パートナー</a></li>', html)
    assert 'popovertarget="site-nav"' in html
    monkeypatch.setattr(menu, "PARTS", [])
    assert "site-nav" not in shell(kanagawa)


def test_the_demo_says_that_it_is_one(kanagawa: Programme, visit: Client) -> None:
    assert "団体も人も架空のものです" in visit.get("/").content.decode()
    assert "団体も人も架空のものです" not in shell(kanagawa, demo=False)


@pytest.mark.parametrize(
    ("path", "name"), [("/partners/", "partners"), ("/partners/7/", "partners"), ("/partners/register/", "register")]
)
def test_one_entry_of_the_menu_is_the_current_one(kanagawa: Programme, path: str, name: str) -> None:
    assert [entry.name for entry in menu.entries(kanagawa, path).values() if entry.is_current] == [name]
