"""Who belongs to a local group, by place and by wish; what that opens."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from meetings.models import GroupWish, Meeting
from meetings.services.groups import join_group, leave_group
from partners.models import Partner
from partners.states import PartnerState
from portal.audit.models import AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole
from portal.web.registry import mail_segments
from tests.factories import make_group, make_meeting, make_partner
from tests.meetings.conftest import member_actor

# Atsugi lies in the region 県央地域, Kamakura does not.
HERE, ELSEWHERE = {"municipality": "142123"}, {"municipality": "142042"}


@pytest.fixture
def here(in_kanagawa: Programme) -> Actor:
    return member_actor(make_partner(name="厚木の団体", **HERE))


@pytest.fixture
def elsewhere(in_kanagawa: Programme) -> Actor:
    return member_actor(make_partner(name="鎌倉の団体", **ELSEWHERE))


def partner(actor: Actor) -> Partner:
    return Partner.objects.get(pk=actor.place.partner_id)


def names(group: object) -> set[str]:
    return set(group.partners.values_list("name", flat=True))  # type: ignore[attr-defined]


def test_by_place_and_by_wish(here: Actor, elsewhere: Actor) -> None:
    group, by_wish = make_group(), make_group("海辺の地域会", region="")
    assert (names(group), names(by_wish)) == ({"厚木の団体"}, set())
    assert join_group(group=group, actor=elsewhere)
    assert join_group(group=by_wish, actor=here)
    assert leave_group(group=group, actor=here)
    assert (names(group), names(by_wish)) == ({"鎌倉の団体"}, {"厚木の団体"})
    for who in (here, elsewhere):
        own = set(type(group).objects.of(partner(who)))
        assert own == {one for one in (group, by_wish) if partner(who).name in names(one)}
    # Back again; and whoever is no longer registered belongs to nothing.
    assert join_group(group=group, actor=here)
    assert names(group) == {"厚木の団体", "鎌倉の団体"}
    Partner.objects.filter(name="鎌倉の団体").update(state=PartnerState.ENDED)
    assert names(group) == {"厚木の団体"}


def test_twice_is_once(here: Actor, elsewhere: Actor) -> None:
    group = make_group()
    # It is there already, by its place.
    assert not join_group(group=group, actor=here)
    assert [join_group(group=group, actor=elsewhere) for _ in range(2)] == [True, False]
    assert GroupWish.objects.count() == 1
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["group.joined"]


def test_who_may_not(in_kanagawa: Programme, here: Actor) -> None:
    group = make_group()
    viewer = member_actor(make_partner(name="見るだけの団体"), MemberRole.VIEWER)
    suspended = member_actor(make_partner(name="止められた団体"), is_suspended=True)
    for actor in (viewer, suspended):
        with pytest.raises(PermissionDenied):
            join_group(group=group, actor=actor)
    with pytest.raises(PermissionDenied):
        leave_group(group=group, actor=viewer)


def test_a_groups_meeting_is_seen_by_its_partners_alone(
    here: Actor, elsewhere: Actor, book: Callable[..., object]
) -> None:
    group = make_group()
    meeting = make_meeting(visibility=Meeting.Visibility.GROUP, group=group)
    assert list(Meeting.objects.visible_to(here)) == [meeting]
    assert not Meeting.objects.visible_to(elsewhere)
    with pytest.raises(PermissionDenied):
        book(meeting, "a@example.jp", actor=elsewhere)
    join_group(group=group, actor=elsewhere)
    book(meeting, "a@example.jp", actor=elsewhere)


def test_its_mail_reaches_who_belongs_to_it(here: Actor, elsewhere: Actor) -> None:
    group, segment = make_group(), mail_segments["meetings.group"]
    assert [value for value, _label in segment.choices()] == [str(group.pk)]
    assert [one.organisation for one in segment.receivers(str(group.pk))] == ["厚木の団体"]
    assert segment.has(str(group.pk), here.user)
    assert not segment.has(str(group.pk), elsewhere.user)
    group.is_open = False
    group.save()
    assert not segment.receivers(str(group.pk))
