"""Suggestions from public lists: shown, filled into empty fields at a press, never over what was typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.models import ListedCorporation, PostalTown
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.factories import make_application
from tests.partners.views.pages import hidden_fields

NAKA, KAWASAKI, SHINJUKU = "141046", "141313", "131041"
NUMBER = "1000020140007"
FILL = "fill:postal-141046"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists(kanagawa: Programme, tokyo: Programme) -> None:
    for place, town in ((NAKA, "日本大通"), (SHINJUKU, "西新宿")):
        PostalTown.objects.create(code="231-0021", municipality=place, town=town)
    ListedCorporation.objects.create(
        number=NUMBER,
        name="神奈川県",
        kana="カナガワケン",
        postal_code="231-0021",
        municipality=NAKA,
        address="日本大通１",
    )


@pytest.fixture
def page(kanagawa: Programme, lists: None) -> str:
    with programme_scope(kanagawa):
        return f"/partners/register/{make_application(address='', municipality='').link_token}/organisation/"


def chosen(text: str) -> bool:
    return re.search(rf'<option value="{NAKA}"[^>]* selected', text) is not None


def test_a_postal_code_suggests_and_fills_what_is_empty(visit: Client, page: str) -> None:
    typed = {"postal_code": "２３１００２１", "name": "株式会社みなと"}
    shown = visit.post(page, typed | {"_keep": "find"}).text
    assert "郵便番号 231-0021 の住所" in shown and "横浜市中区" in shown
    assert "西新宿" not in shown  # the same code in another prefecture
    assert not chosen(shown)
    filled = visit.post(page, typed | {"_keep": FILL}).text
    assert chosen(filled)
    assert 'value="日本大通"' in filled
    assert "空いていた欄に入れました：市区町村、町名・番地・建物" in filled
    assert 'value="株式会社みなと"' in filled


def test_what_was_typed_is_never_overwritten(visit: Client, page: str) -> None:
    typed = {"postal_code": "231-0021", "municipality": NAKA, "address": "日本大通9番"}
    filled = visit.post(page, typed | {"_keep": FILL}).text
    assert 'value="日本大通9番"' in filled
    assert "この内容を入れる" not in filled


def test_of_another_place_no_part_is_taken(visit: Client, page: str) -> None:
    typed = {"postal_code": "231-0021", "municipality": KAWASAKI, "address": "", "_keep": FILL}
    shown = visit.post(page, typed).text
    assert "入力した内容と違います" in shown
    assert 'value="日本大通"' not in shown
    assert "この内容を入れる" not in shown


def test_a_corporate_number_shows_the_published_name(visit: Client, page: str) -> None:
    typed = {"corporate_number": NUMBER, "name": "株式会社みなと", "kana": ""}
    shown = visit.post(page, typed | {"_keep": "find"}).text
    assert "神奈川県" in shown and "入力した内容と違います" in shown
    filled = visit.post(page, typed | {"_keep": f"fill:corporation-{NUMBER}"}).text
    assert 'value="カナガワケン"' in filled and 'value="231-0021"' in filled
    assert 'value="株式会社みなと"' in filled


@pytest.mark.parametrize("typed", [{"postal_code": "999-9999"}, {"postal_code": "なし"}, {"corporate_number": "1"}, {}])
def test_where_nothing_is_known_it_says_so(visit: Client, page: str, typed: dict[str, Any]) -> None:
    assert "候補は見つかりませんでした" in visit.post(page, typed | {"_keep": "find"}).text
    assert visit.post(page, typed | {"_keep": "fill:postal-000000"}).status_code == 200


def test_without_the_lists_nothing_is_offered(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        token = make_application().link_token
    assert 'id="suggestions"' not in visit.get(f"/partners/register/{token}/organisation/").text


def test_a_page_without_such_fields_offers_nothing(visit: Client, page: str) -> None:
    assert 'id="suggestions"' in visit.get(page).text
    assert 'id="suggestions"' not in visit.get(page.replace("organisation", "initiatives")).text


@pytest.mark.parametrize("path", ["/mypage/profile/edit/place/", "/mypage/profile/rows/offices/add/"])
def test_partners_get_them_too_and_nothing_is_saved(as_member: Callable[..., Client], lists: None, path: str) -> None:
    client = as_member(kind="npo", municipality="", address="", phone="045-000-0000")
    seen = hidden_fields(client.get(path).text)
    filled = client.post(path, seen | {"postal_code": "231-0021", "_keep": FILL}).text
    assert chosen(filled) and 'value="日本大通"' in filled
    assert "231-0021" not in client.get("/mypage/profile/").text
