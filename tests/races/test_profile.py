"""Two editors of one section; approving and taking back at the same moment; asking twice; removing and changing."""

import pytest
from django.utils import timezone

from partners.edits import ChangedMeanwhile, stamp_of
from partners.models import ChangeRequest, Fact, Member, Partner
from partners.services.changes import apply_due_changes, approve_change, ask_change, withdraw_change
from partners.services.profile import edit_profile
from partners.services.records import add_partner
from partners.services.standing import move_partner
from partners.states import ChangeState, Move, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, Membership, StaffRole
from tests.factories import make_actor, make_member, make_programme
from tests.races.together import Deed, at_once


@pytest.fixture
def programme(committed: None) -> Programme:
    return make_programme("kanagawa")


@pytest.fixture
def partner(programme: Programme) -> Partner:
    with programme_scope(programme):
        return add_partner(values={"name": "青葉商事", "kind": "npo", "number": 1}, actor=Actor())


def owner_of(partner: Partner) -> Actor:
    member: Member = make_member(MemberRole.OWNER, partner)
    return Actor(user=member.user, membership=Membership(member.pk, partner.pk, partner.name, MemberRole.OWNER))


def test_of_two_editors_who_saw_the_same_one_saves(programme: Programme, partner: Partner) -> None:
    with programme_scope(programme):
        actors = [owner_of(partner) for _ in range(4)]
    seen = stamp_of({"phone": ""})

    def edit(number: int) -> Deed:
        values = {"phone": f"045-000-000{number}"}
        return lambda: edit_profile(partner_id=partner.pk, values=values, seen=seen, actor=actors[number])

    won = at_once(programme, *(edit(number) for number in range(4)), refusals=(ChangedMeanwhile,))
    assert won.count(True) == 1
    with programme_scope(programme):
        assert Partner.objects.get().phone == f"045-000-000{won.index(True)}"
        assert AuditEvent.objects.filter(action=Action.PARTNER_CHANGED).count() == 1


def ask(partner: Partner, actor: Actor, after: str = "みどり商事") -> ChangeRequest:
    return ask_change(
        partner_id=partner.pk, field=ChangeRequest.Field.NAME, after=after, effective_on=timezone.localdate(),
        reason="商号変更", actor=actor,
    )  # fmt: skip


def test_approving_and_taking_back_cross(programme: Programme, partner: Partner) -> None:
    with programme_scope(programme):
        owner = owner_of(partner)
        request = ask(partner, owner)
    officers = [make_actor(StaffRole.OFFICER, programme) for _ in range(2)]
    won = at_once(
        programme,
        lambda: withdraw_change(request=request, actor=owner),
        lambda: approve_change(request=request, actor=officers[0]),
        lambda: approve_change(request=request, actor=officers[1]),
    )
    assert won.count(True) == 1
    with programme_scope(programme):
        state, name = ChangeRequest.objects.get().state, Partner.objects.get().name
        assert (state, name) == (
            (ChangeState.WITHDRAWN, "青葉商事") if won[0] else (ChangeState.APPROVED, "みどり商事")
        )
        assert Fact.objects.open().filter(field="name").get().value == name


def test_of_many_who_ask_one_does(programme: Programme, partner: Partner) -> None:
    with programme_scope(programme):
        actors = [owner_of(partner) for _ in range(4)]
    won = at_once(programme, *((lambda actor=actor: ask(partner, actor)) for actor in actors))
    assert won.count(True) == 1
    with programme_scope(programme):
        assert ChangeRequest.objects.count() == 1


def test_removing_and_renaming_cross(programme: Programme, partner: Partner) -> None:
    with programme_scope(programme):
        request = ask(partner, owner_of(partner))
    approver = make_actor(StaffRole.APPROVER, programme)
    won = at_once(
        programme,
        lambda: move_partner(partner_id=partner.pk, move=Move.REMOVE, reason="決まり", actor=approver),
        lambda: move_partner(partner_id=partner.pk, move=Move.SUSPEND, reason="決まり", actor=approver),
        lambda: approve_change(request=request, actor=approver),
    )
    assert won[0], "removing is possible from either state"
    with programme_scope(programme):
        assert Partner.objects.get().state == PartnerState.ENDED
        assert Fact.objects.open().filter(field="state").get().value == PartnerState.ENDED
        assert ChangeRequest.objects.get().state == (ChangeState.APPROVED if won[2] else ChangeState.WITHDRAWN)


def test_two_workers_apply_a_change_once(programme: Programme, partner: Partner) -> None:
    with programme_scope(programme):
        request = ask(partner, owner_of(partner))
        ChangeRequest.objects.update(state=ChangeState.APPROVED, decided_by=request.asked_by)
    at_once(programme, apply_due_changes, apply_due_changes, apply_due_changes)
    with programme_scope(programme):
        assert Partner.objects.get().name == "みどり商事"
        assert AuditEvent.objects.filter(action=Action.PARTNER_CHANGED).count() == 1
