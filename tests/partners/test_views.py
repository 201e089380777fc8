"""The public pages of partners."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client

from partners.models import Partner, RegistrationSettings
from partners.services.records import add_partner, change_partner
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor
from tests.factories import make_batch, make_page

STAFF = Actor()


@pytest.fixture
def add(kanagawa: Programme) -> Callable[..., Partner]:
    def adding(number: int, **fields: object) -> Partner:
        values = {"number": number, "name": f"団体{number}", "kana": f"ダンタイ{number:03}", "kind": "npo",
                  "municipality": "142123", "goals": [7], "summary": "小さな水車で発電します。"}  # fmt: skip
        with programme_scope(kanagawa):
            return add_partner(values=values | fields, actor=STAFF)

    return adding


def test_the_directory_shows_what_everybody_may_see(visit: Client, add: Callable[..., Partner]) -> None:
    add(1, name="青葉商事", contact_name="山田 花子", phone="046-999-9999", visibility={"phone": "staff"})
    for address in ("/partners/", "/partners/1/"):
        page = visit.get(address).content.decode()
        assert "青葉商事" in page
        assert "小さな水車" in page
        assert "山田 花子" not in page
        assert "046-999-9999" not in page


def test_an_english_directory_is_read_without_japanese(visit: Client, add: Callable[..., Partner]) -> None:
    trade = {"kind": "company", "industry_division": "J", "industry_group": "62"}
    add(1, name="青葉銀行", name_en="Aoba Bank", **trade)
    add(2, name="若葉銀行", name_en="Wakaba Bank", visibility={"name_en": "partners"}, **trade)
    page = visit.get("/en/partners/").text
    for words in ("Atsugi City", ">Central area<", "Finance and insurance", "Aoba Bank"):
        assert words in page
    for words in ("厚木市", ">県央地域<", "金融業", "Wakaba Bank"):
        assert words not in page
    assert "Banking" in visit.get("/en/partners/1/").text
    page = visit.get("/partners/").text
    assert "厚木市" in page and "金融業，保険業" in page and "Aoba Bank" not in page


def test_it_is_searched_and_narrowed_by_its_address_alone(visit: Client, add: Callable[..., Partner]) -> None:
    add(1, name="青葉商事", goals=[7])
    add(2, name="みどり商事", goals=[13])
    page = visit.get("/partners/?q=ﾐﾄﾞﾘ").content.decode()
    assert "みどり商事" in page
    assert "青葉商事" not in page
    page = visit.get("/partners/?goal=7").content.decode()
    assert "青葉商事" in page
    assert "みどり商事" not in page


@pytest.mark.parametrize(
    ("start", "query", "choice"),
    [("", "厚木", "municipality=142123"), ("", "ＮＰＯ", "kind=npo"), ("/en", "atsugi", "municipality=142123")],
)
def test_who_looks_for_a_place_or_a_kind_is_led_to_it(
    visit: Client, add: Callable[..., Partner], start: str, query: str, choice: str
) -> None:
    add(1, name="青葉商事")
    page = visit.get(f"{start}/partners/", {"q": query}).text
    assert "青葉商事" not in page and f'href="?{choice}"' in page
    assert "青葉商事" in visit.get(f"{start}/partners/?{choice}").text
    # What nobody has is not offered, nor anything where something was found.
    assert 'aria-labelledby="called-heading"' not in visit.get(f"{start}/partners/", {"q": "横須賀"}).text
    assert 'aria-labelledby="called-heading"' not in visit.get(f"{start}/partners/", {"q": "青葉"}).text


@pytest.mark.parametrize("query", ["%ED%9F%BF", "%EE%80%80", "%F4%8F%BF%BF"], ids=["U+D7FF", "U+E000", "U+10FFFF"])
def test_the_last_characters_of_all_are_searched_like_any_other(
    visit: Client, add: Callable[..., Partner], query: str
) -> None:
    add(1, name="青葉商事")
    add(2, name=f"文字{unquote(query)}", kana="モジ")
    page = visit.get(f"/partners/?q={query}")
    assert page.status_code == 200
    assert "青葉商事" not in page.text
    assert [row["number"] for row in page.context["page"].rows] == [2]


@pytest.mark.parametrize("sort", ["new", "kana"])
def test_pages_follow_each_other_without_gap_or_repeat(visit: Client, add: Callable[..., Partner], sort: str) -> None:
    for number in range(1, 51):
        add(number, kana="オナジ" if number % 2 else f"ダンタイ{number % 7}")
    seen: list[int] = []
    address = f"?sort={sort}"
    while address:
        response = visit.get(f"/partners/{address}")
        page = response.context["page"]
        assert page.total == 50
        seen += [row["number"] for row in page.rows]
        address = page.next_address
    assert sorted(seen) == list(range(1, 51))
    assert len(seen) == 50


@pytest.mark.parametrize("rows", [1, 3])
def test_it_needs_four_queries_however_many_rows(
    visit: Client, add: Callable[..., Partner], rows: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(1, rows + 1):
        add(number)
    visit.get("/")  # the programme of the host and its version are known from here on
    with django_assert_num_queries(4):  # the counts, the batches of the filter, the sections, the rows
        visit.get("/partners/")
    with django_assert_num_queries(0):
        visit.get("/partners/")


def test_a_kept_page_is_new_as_soon_as_a_change_is_committed(
    visit: Client,
    add: Callable[..., Partner],
    django_capture_on_commit_callbacks: Callable[..., object],
    kanagawa: Programme,
) -> None:
    partner = add(1)
    first = visit.get("/partners/1/")
    assert visit.get("/partners/1/", headers={"if-none-match": first["ETag"]}).status_code == 304
    with programme_scope(kanagawa), django_capture_on_commit_callbacks(execute=True):
        change_partner(partner=partner, values={"summary": "新しい概要"}, actor=STAFF)
    again = visit.get("/partners/1/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert "新しい概要" in again.content.decode()


@pytest.mark.parametrize("make", [make_batch, RegistrationSettings.objects.create, make_page])
def test_what_public_pages_are_made_of_makes_them_new_when_it_is_saved(
    in_kanagawa: Programme, make: Callable[[], Any]
) -> None:
    def version() -> int:
        return Programme.objects.get(pk=in_kanagawa.pk).content_version

    row = make()
    before = version()
    row.save()
    assert version() == before + 1
    row.delete()
    assert version() == before + 2


def test_pages_set_no_cookie_and_are_the_same_for_everybody(visit: Client, add: Callable[..., Partner]) -> None:
    add(1)
    for address in ("/partners/", "/partners/1/", "/en/partners/"):
        response = visit.get(address)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def test_languages_are_kept_apart(visit: Client, add: Callable[..., Partner]) -> None:
    add(1)
    assert 'lang="ja"' in visit.get("/partners/").content.decode()[:100]
    assert 'lang="en"' in visit.get("/en/partners/").content.decode()[:100]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (PartnerState.REGISTERED, 200),
        (PartnerState.UNCONFIRMED, 404),
        (PartnerState.SUSPENDED, 410),
        (PartnerState.ENDED, 410),
    ],
)
def test_who_has_left_is_gone_with_a_plain_sentence(
    visit: Client, add: Callable[..., Partner], state: PartnerState, status: int
) -> None:
    add(1, name="青葉商事", state=state)
    response = visit.get("/partners/1/")
    assert response.status_code == status
    if status == 410:
        assert "青葉商事" not in response.content.decode()
        assert "有効ではありません" in response.content.decode()


def test_another_programmes_partner_is_not_there(visit: Client, add: Callable[..., Partner], tokyo: Programme) -> None:
    with programme_scope(tokyo):
        add_partner(values={"number": 900, "name": "東京の団体", "kind": "npo"}, actor=STAFF)
    assert visit.get("/partners/900/").status_code == 404
    assert "東京の団体" not in visit.get("/partners/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["goal=99", "goal=x'--", "kind=unknown", "sort=name", "size=100000", "after=abc", "after=99999999999999999999.ア", "after=-1",
     "batch=x", "q=" + "あ" * 400, "q=%25_%5C", "q=%27%3B", "region=%F0%9F%98%80", "after=5.%E3%82%A2&sort=kana"],
)  # fmt: skip
def test_any_address_gives_a_page(visit: Client, add: Callable[..., Partner], query: str) -> None:
    add(1)
    assert visit.get(f"/partners/?{query}").status_code == 200


def test_a_long_address_is_not_kept(visit: Client, add: Callable[..., Partner]) -> None:
    add(1)
    cache.clear()
    assert "ETag" not in visit.get("/partners/?q=" + "あ" * 90)


def test_a_programme_without_a_directory_has_no_such_pages(kanagawa: Programme, visit: Client) -> None:
    kanagawa.features = [name for name in kanagawa.features if name != "directory"]
    kanagawa.save()
    for address in ("/partners/", "/partners/1/"):
        assert visit.get(address).status_code == 404
