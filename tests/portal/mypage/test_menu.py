"""The menu of My Page: in groups, in the order of use, and without lines that lead to nothing."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from portal.mypage.queries import near_empty
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.registry import MyPageGroup, my_page_menu
from tests.factories import make_consultation, make_group, make_poll, make_reservation, make_slot


@pytest.fixture(autouse=True)
def forgotten() -> None:
    near_empty.clear()


AsPerson = Callable[..., Client]


def menu(browser: Client, address: str = "/mypage/") -> str:
    page = browser.get(address).content.decode()
    return page[page.index('id="my-menu"') : page.index("</nav>", page.index('id="my-menu"'))]


def stands(browser: Client, address: str) -> bool:
    return f'href="{address}"' in menu(browser)


def test_it_stands_in_groups_in_their_order(as_member: AsPerson) -> None:
    found = menu(as_member())
    assert re.findall("<h2>(.*?)</h2>", found) == [str(group.label) for group in MyPageGroup if group.label]
    order = [
        "/mypage/",
        "/mypage/news/",
        "/mypage/people/",
        "/mypage/meetings/",
        "/mypage/matching/",
        "/mypage/account/",
    ]
    places = [found.index(f'href="{address}"') for address in order]
    assert places == sorted(places)


def test_every_line_belongs_to_a_group() -> None:
    assert {entry.group for entry in my_page_menu} == set(MyPageGroup)


def test_the_line_closest_to_the_page_is_marked(as_member: AsPerson) -> None:
    browser = as_member()
    marked = r'href="([^"]*)" aria-current="(\w+)"'
    assert re.findall(marked, menu(browser)) == [("/mypage/", "page")]
    assert re.findall(marked, menu(browser, "/mypage/matching/mine/")) == [("/mypage/matching/mine/", "page")]
    assert re.findall(marked, menu(browser, "/mypage/people/invite/")) == [("/mypage/people/", "true")]


@pytest.mark.parametrize(
    ("address", "make"),
    [
        ("/mypage/consultations/", lambda: make_slot(make_consultation())),
        ("/mypage/groups/", make_group),
        ("/mypage/surveys/", make_poll),
    ],
)
def test_a_line_to_an_empty_page_is_left_out(
    as_member: AsPerson, kanagawa: Programme, tokyo: Programme, address: str, make: Callable[[], object]
) -> None:
    browser = as_member()
    with programme_scope(tokyo):
        make()
    assert not stands(browser, address)
    with programme_scope(kanagawa):
        make()
    near_empty.clear()
    assert stands(browser, address)


def test_consultations_stay_in_reach_of_who_has_reserved(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member()
    with programme_scope(kanagawa):
        slot = make_slot(make_consultation())
        make_reservation(slot, partner=browser.member.partner)
        slot.starts_at, slot.ends_at = (moment.replace(year=2025) for moment in (slot.starts_at, slot.ends_at))
        slot.closes_at = slot.closes_at.replace(year=2025)
        slot.save()
    assert stands(browser, "/mypage/consultations/")
