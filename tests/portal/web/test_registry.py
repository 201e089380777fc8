"""Each registry can be filled by an app that stands above, which nothing below imports; and only once by a name."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.tenancy.models import Programme
from portal.web.access import ANONYMOUS, Actor, MemberRole, Membership, StaffRole
from portal.web.queries import programme_staff
from portal.web.registry import (
    Approval,
    Card,
    Due,
    PartnerSection,
    Receiver,
    Registry,
    Segment,
    WorkItem,
    WorkQueue,
    approvals,
    entrances,
    file_access,
    mail_segments,
    my_page_cards,
    partner_sections,
    work_queues,
)
from tests.factories import make_partner, make_staff, make_user

NAME = "tests.app"


def due(actor: Actor, card: dict[str, Any]) -> list[Due]:
    return [Due("年次報告", "/renewals/", at=timezone.now() + timedelta(days=3), action="書く")]


def items() -> list[WorkItem]:
    return [WorkItem("申請", "/admin/", since=timezone.now())]


# What an app says of itself in `ready()`: entry, and a use of it by whoever gathers.
ENTRIES: list[tuple[Registry[Any], Any, Callable[[Any], object]]] = [
    (my_page_cards, Card("tests/card.html", lambda actor: {"rows": []}, due), lambda card: card.due(ANONYMOUS, {})[0].title),
    (work_queues, WorkQueue("申請", lambda: "/admin/", lambda: 1, items), lambda queue: queue.items()[0].title),
    (approvals, Approval("取消し", lambda **data: data, lambda key: f"/{key}/"), lambda entry: entry.url("7")),
    (mail_segments, Segment("全員", lambda: [("", "全員")], lambda choice: [Receiver("a@example.jp", "山田", "あおば")], lambda choice, user: Programme.objects.none()), lambda one: one.receivers("")[0].name),
    (partner_sections, PartnerSection("tests/section.html", lambda partner, actor: {"n": 1}), lambda one: one.context(None, ANONYMOUS)),
    (file_access, lambda actor, owner: actor.is_staff(), lambda may: not may(ANONYMOUS, None)),
]  # fmt: skip
registries = pytest.mark.parametrize(("registry", "entry", "use"), ENTRIES, ids=[entry[0].title for entry in ENTRIES])


@pytest.fixture(autouse=True)
def leave_as_found() -> Iterator[None]:
    before = [(registry, dict(registry._entries)) for registry, _entry, _use in ENTRIES]
    yield
    for registry, entries in before:
        registry._entries.clear()
        registry._entries.update(entries)


@registries
def test_an_app_registers_and_is_found(registry: Registry[Any], entry: Any, use: Callable[[Any], object]) -> None:
    assert NAME not in registry
    registry.register(NAME, entry)
    assert NAME in registry
    assert registry.names()[-1] == NAME
    assert list(registry)[-1] is registry[NAME] is entry
    assert use(registry[NAME])


@registries
def test_a_name_is_taken_once(registry: Registry[Any], entry: Any, use: Callable[[Any], object]) -> None:
    registry.register(NAME, entry)
    with pytest.raises(ValueError, match=f"{registry.title}.*twice"):
        registry.register(NAME, entry)


def test_what_is_not_registered_may_not_be_had() -> None:
    with pytest.raises(KeyError):
        file_access["nothing.known"]


class TestEntrances:
    """Who may enter is asked of whoever knows: partners for their people, accounts for staff."""

    @pytest.fixture(autouse=True)
    def leave_as_found(self) -> Iterator[None]:
        lists: list[list[Any]] = [entrances.people, entrances.memberships, entrances.staff_roles, entrances.staff]
        before = [list(one) for one in lists]
        yield
        for one, entries in zip(lists, before, strict=True):
            one[:] = entries

    def test_an_app_lets_people_in(self, in_kanagawa: Programme) -> None:
        visitor, partner = make_user(), make_partner()
        place = Membership(1, partner.pk, partner.name, MemberRole.VIEWER)
        entrances.memberships.append(lambda user: [place] if user == visitor else [])
        assert [found for places in entrances.memberships for found in places(visitor)] == [place]

    def test_an_app_names_staff(self, in_kanagawa: Programme, tokyo: Programme) -> None:
        appointed, guest = make_staff(StaffRole.OFFICER, in_kanagawa), make_user()
        make_staff(StaffRole.OFFICER, tokyo)
        entrances.staff.append(lambda: User.objects.filter(pk__in=[appointed.pk, guest.pk]))
        # Each once, and nobody of the other programme.
        assert {person.pk for person in programme_staff()} == {appointed.pk, guest.pk}
        assert len(programme_staff()) == 2

    def test_a_queue_of_an_app_above_stands_on_the_front_page(self, as_staff: Callable[..., Client]) -> None:
        work_queues.register(NAME, WorkQueue("試験の待ち", lambda: "/admin/", lambda: 1, items))
        try:
            assert "試験の待ち" in as_staff(StaffRole.READ_ONLY).get("/admin/").text
        finally:
            del work_queues._entries[NAME]
