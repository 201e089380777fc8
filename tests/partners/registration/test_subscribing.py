"""What an applicant wishes to be sent: asked for on a page of its own, unticked, and begun with the account."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from partners.forms.application import pages_of
from partners.models import Application
from partners.queries.registration import registration_settings
from partners.services.registration import approve_application, reject_application
from portal.audit.models import Action, AuditEvent
from portal.notices.models import Genre, Subscription
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import (
    make_actor,
    make_application,
    make_checked_application,
    make_genre,
    make_member,
    make_partner,
    make_sent_application,
    make_user,
)

MIDORI = "midori@minato.example.jp"


def page_of(application: Application) -> str:
    return f"/partners/register/{application.link_token}/subscriptions/"


def running() -> list[str]:
    return [one.genre.name for one in Subscription.objects.running().filter(user__email=MIDORI).order_by("genre")]


@pytest.fixture
def genres(in_kanagawa: Programme) -> list[Genre]:
    return [
        make_genre(name="まがじん"),
        make_genre(name="電子ARGUS"),
        make_genre(name="会報", kind=Genre.Kind.PRINTED),
        make_genre(name="廃刊", is_offered=False),
    ]


@pytest.fixture
def approver(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.APPROVER, in_kanagawa)


def ticks(*genres: Genre) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for genre in genres:
        chosen.setdefault(genre.kind, []).append(str(genre.pk))
    return chosen


def approved(approver: Actor, *genres: Genre) -> Application:
    application = make_checked_application(MIDORI, **ticks(*genres))
    approve_application(application=application, approved_on=timezone.localdate(), actor=approver)
    return application


def test_nothing_is_ticked_and_what_is_chosen_is_kept(visit: Client, genres: list[Genre]) -> None:
    application = make_application(MIDORI)
    page = page_of(application)
    shown = visit.get(page).text
    assert "まがじん" in shown and "会報" in shown and "廃刊" not in shown
    assert "印を付けたものだけをお送りします" in shown
    assert not re.search(r"<input[^>]+checkbox[^>]+\schecked", shown)
    assert visit.post(page, ticks(genres[1], genres[2]))["Location"].endswith("/confirm/")
    assert len(re.findall(r"<input[^>]+checkbox[^>]+\schecked", visit.get(page).text)) == 2
    confirm = visit.get(page.replace("subscriptions", "confirm")).text
    assert "電子ARGUS" in confirm and "会報" in confirm and "まがじん" not in confirm
    assert running() == []


def test_nothing_has_to_be_chosen(visit: Client, genres: list[Genre]) -> None:
    assert visit.post(page_of(make_application(MIDORI)), {})["Location"].endswith("/confirm/")


def test_without_genres_the_page_is_not_there(visit: Client, in_kanagawa: Programme) -> None:
    make_genre(name="廃刊", is_offered=False)
    application = make_application(MIDORI)
    assert visit.get(page_of(application)).status_code == 404
    make_genre(name="まがじん")
    assert visit.get(page_of(application)).status_code == 200


def test_without_the_board_the_page_is_not_there(visit: Client, genres: list[Genre], in_kanagawa: Programme) -> None:
    in_kanagawa.features = [one for one in in_kanagawa.features if one != Feature.NEWS]
    in_kanagawa.save()
    assert visit.get(page_of(make_application(MIDORI))).status_code == 404


def test_it_begins_when_the_applicant_becomes_a_member(approver: Actor, genres: list[Genre]) -> None:
    application = make_checked_application(MIDORI, **ticks(genres[0], genres[2]))
    assert running() == []
    approve_application(application=application, approved_on=timezone.localdate(), actor=approver)
    assert running() == ["まがじん", "会報"]
    for one in Subscription.objects.all():
        assert (one.began_at, one.wording) == (application.sent_at, Subscription.WORDING)
    [first, second] = AuditEvent.objects.filter(action=Action.SUBSCRIBED)
    assert first.reason == second.reason == application.receipt


def test_not_if_it_is_rejected(approver: Actor, genres: list[Genre]) -> None:
    application = make_sent_application(MIDORI, **ticks(genres[0]))
    reject_application(application=application, reason="要件に当たらないため", actor=approver)
    assert Subscription.objects.count() == 0


def test_what_was_withdrawn_meanwhile_is_left_out(approver: Actor, genres: list[Genre]) -> None:
    application = make_checked_application(MIDORI, **ticks(genres[0], genres[1]))
    Genre.objects.filter(pk=genres[0].pk).update(is_offered=False)
    assert all(page.kept().is_valid() for page in pages_of(application.data, registration_settings()))
    approve_application(application=application, approved_on=timezone.localdate(), actor=approver)
    assert running() == ["電子ARGUS"]


@pytest.mark.parametrize("nonsense", ["abc", "0", "-1", "9" * 40, "1' OR 1=1"])
def test_nonsense_begins_nothing(visit: Client, approver: Actor, genres: list[Genre], nonsense: str) -> None:
    assert visit.post(page_of(make_application(MIDORI)), {"newsletter": nonsense}).status_code in (302, 400)
    application = make_checked_application("other@example.jp", newsletter=[nonsense])
    approve_application(application=application, approved_on=timezone.localdate(), actor=approver)
    assert Subscription.objects.count() == 0


def test_a_genre_of_another_programme_begins_nothing(approver: Actor, genres: list[Genre], tokyo: Programme) -> None:
    with programme_scope(tokyo):
        foreign = make_genre(name="東京の会報")
    approved(approver, foreign)
    assert Subscription.objects.count() == 0


def test_who_has_chosen_on_my_page_already_keeps_that(approver: Actor, genres: list[Genre], tokyo: Programme) -> None:
    """Where the account opens with the application, the decision takes nothing up again that was stopped since."""
    with programme_scope(tokyo):
        genre = make_genre(name="まがじん")
        application = make_checked_application(MIDORI, **ticks(genre))
        assert running() == ["まがじん"]
        Subscription.objects.running().update(ended_at=timezone.now(), ended_through=Subscription.Ended.MY_PAGE)
        actor = make_actor(StaffRole.APPROVER, tokyo)
        approve_application(application=application, approved_on=timezone.localdate(), actor=actor)
        assert running() == []


def test_who_is_a_member_elsewhere_is_the_same_subscriber(approver: Actor, genres: list[Genre]) -> None:
    """One person of two partners gets a newsletter once."""
    user = make_user(MIDORI)
    make_member(MemberRole.OWNER, make_partner(), user=user)
    Subscription.objects.create(genre=genres[0], user=user)
    approved(approver, genres[0], genres[1])
    assert running() == ["まがじん", "電子ARGUS"]
