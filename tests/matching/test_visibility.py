"""A posting for named partners is nowhere for anybody else: each surface is asked by itself."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from matching.models import Posting
from matching.queries.postings import Wish, filters_of, find_postings, open_card
from matching.states import PostingState
from partners.models import Activity, Partner
from partners.services.records import record_activity
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import ANONYMOUS, Actor, StaffRole
from tests.factories import (
    make_acting,
    make_actor,
    make_file,
    make_match,
    make_member,
    make_partner,
    make_posting,
)
from tests.sessions import signed_in

SECRET = "二社だけの内緒の企画"


@dataclass
class World:
    programme: Programme
    posting: Posting
    poster: Client
    named: Client
    other: Client
    public: Client
    actors: dict[str, Actor]


@pytest.fixture
def world(kanagawa: Programme, tokyo: Programme) -> World:
    with programme_scope(kanagawa):
        partners: dict[str, Partner] = {name: make_partner(name=f"{name}商事") for name in ("poster", "named", "other")}
        members = {name: make_member(partner=partner) for name, partner in partners.items()}
        posting = make_posting(partners["poster"], partners["named"], title=SECRET, reach="named", theme=SECRET)
        make_posting(partners["poster"], title="だれでも読める募集")
        clients = {name: signed_in(member.user, kanagawa, member) for name, member in members.items()}
        actors = {name: make_acting(member) for name, member in members.items()}
        actors |= {"officer": make_actor(StaffRole.OFFICER, kanagawa), "public": ANONYMOUS}
    visitor = Client(headers={"host": kanagawa.primary_host})
    return World(kanagawa, posting, clients["poster"], clients["named"], clients["other"], visitor, actors)


def test_the_rule_itself(world: World) -> None:
    with programme_scope(world.programme):
        known = {name for name, actor in world.actors.items() if world.posting in Posting.objects.visible_to(actor)}
    assert known == {"poster", "named", "officer"}


PAGES = ["my_matching:posting", "my_matching:document", "my_matching:apply"]


@pytest.mark.parametrize("route", PAGES)
def test_page_paper_and_form(world: World, route: str) -> None:
    address = reverse(route, args=[world.posting.pk])
    assert world.named.get(address).status_code == 200
    assert world.other.get(address).status_code == 404


@pytest.mark.parametrize("route", ["my_matching:edit", "my_matching:designees"])
def test_the_builder(world: World, route: str) -> None:
    address = reverse(route, args=[world.posting.pk])
    assert (world.other.get(address).status_code, world.named.get(address).status_code) == (404, 403)
    assert world.other.post(address).status_code == 404


@pytest.mark.parametrize("deed", ["submit", "extend", "close", "withdraw"])
def test_the_deeds(world: World, deed: str) -> None:
    assert world.other.post(reverse("my_matching:act", args=[world.posting.pk, deed])).status_code == 404


@pytest.mark.parametrize("route", ["matching:detail", "matching:document"])
def test_the_public_page_is_nobodys(world: World, route: str) -> None:
    address = reverse(route, args=[world.posting.pk])
    assert {client.get(address).status_code for client in (world.public, world.named, world.poster)} == {404}


def test_a_public_paper_says_what_the_posting_says_and_goes_with_it(world: World) -> None:
    with programme_scope(world.programme):
        posting = make_posting(world.posting.partner)
    address = reverse("matching:document", args=[posting.pk])
    first = world.public.get(address).content
    assert world.public.get(address).content == first
    with programme_scope(world.programme):
        Posting.objects.filter(pk=posting.pk).update(theme="別の題目")
    assert world.public.get(address).content != first
    with programme_scope(world.programme):
        Posting.objects.filter(pk=posting.pk).update(state=PostingState.WITHDRAWN)
    assert world.public.get(address).status_code == 404


@pytest.mark.parametrize("query", ["", "?q=内緒", "?category=event"])
def test_list_search_and_count(world: World, query: str) -> None:
    own = reverse("my_matching:board") + query
    assert SECRET in world.named.get(own).text
    assert SECRET not in world.other.get(own).text
    assert SECRET not in world.public.get(reverse("matching:list") + query).text
    with programme_scope(world.programme):
        counts = {name: find_postings(actor, Wish()).count() for name, actor in world.actors.items()}
    assert counts == {"poster": 2, "named": 2, "other": 1, "officer": 2, "public": 1}


def test_facets(world: World) -> None:
    def events(who: str) -> str:
        return dict(filters_of(world.actors[who], Wish())[0].options)["event"]

    with programme_scope(world.programme):
        assert [events(who) for who in ("named", "other", "public")] == [
            "イベントの開催（2）", "イベントの開催（1）", "イベントの開催（1）",
        ]  # fmt: skip


def test_numbers_on_my_page(world: World) -> None:
    with programme_scope(world.programme):
        assert {open_card(world.actors[who])["open"] for who in ("other",)} == {1}
        assert open_card(world.actors["named"]) == {"waiting": 0, "named": 1, "open": 2}


@pytest.mark.parametrize("route", ["matching:feed", "sitemap"])
def test_feed_and_sitemap(world: World, route: str) -> None:
    text = world.public.get(reverse(route)).text
    assert SECRET not in text
    assert f"/matching/{world.posting.pk}/" not in text
    assert "/matching/" in text


def test_the_address_of_a_file(world: World) -> None:
    with programme_scope(world.programme):
        address = make_file(world.posting, "attachments").get_absolute_url()
    answers = [client.get(address) for client in (world.named, world.other, world.public)]
    statuses = [answer.status_code for answer in answers]
    for answer in answers:
        answer.close()
    assert statuses == [200, 404, 404]


def test_other_peoples_timelines(world: World) -> None:
    with programme_scope(world.programme):
        record_activity(
            partner=world.posting.partner, kind=Activity.Kind.MATCHING, title=SECRET, key="x", path="/mypage/matching/"
        )
    address = reverse("profile:activities")
    assert SECRET in world.poster.get(address).text
    assert SECRET not in world.other.get(address).text
    assert SECRET not in world.other.get(reverse("profile:activities_file")).content.decode("utf-8-sig")


def test_the_partners_public_page(world: World) -> None:
    with programme_scope(world.programme):
        number = world.posting.partner.number
    assert SECRET not in world.public.get(reverse("partners:detail", args=[number])).text


def test_the_application_of_others(world: World) -> None:
    with programme_scope(world.programme):
        application = make_match(world.posting, Partner.objects.get(name="named商事"))
    address = reverse("my_matching:application", args=[application.pk])
    assert [client.get(address).status_code for client in (world.poster, world.named, world.other)] == [200, 200, 404]
    assert SECRET not in world.other.get(reverse("my_matching:applications")).text


def test_whoever_applied_still_knows_it_when_it_is_over(world: World) -> None:
    with programme_scope(world.programme):
        make_match(world.posting, Partner.objects.get(name="named商事"))
        Posting.objects.filter(pk=world.posting.pk).update(state=PostingState.CLOSED)
    address = reverse("my_matching:posting", args=[world.posting.pk])
    assert (world.named.get(address).status_code, world.other.get(address).status_code) == (200, 404)


def test_a_draft_is_the_writers_alone(world: World) -> None:
    with programme_scope(world.programme):
        Posting.objects.filter(pk=world.posting.pk).update(state=PostingState.DRAFT, submitted_at=None)
        known = {name for name, actor in world.actors.items() if world.posting in Posting.objects.visible_to(actor)}
    assert known == {"poster"}


def test_what_a_suspended_partner_posted_is_not_shown(world: World) -> None:
    with programme_scope(world.programme):
        Partner.objects.filter(name="poster商事").update(state=PartnerState.SUSPENDED)
        assert [find_postings(world.actors[who], Wish()).count() for who in ("other", "public")] == [0, 0]
