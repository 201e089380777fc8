"""Suspended, resumed, removed, left, restored: dated facts with a reason, along the table and no other way."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from partners.models import Activity, Partner
from partners.services.records import add_partner
from partners.services.standing import ACTIONS, LEAST, move_partner
from partners.states import ENDINGS, MOVES, PARTNER_TRANSITIONS, Move, PartnerState
from portal.audit.models import AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import make_actor, make_member
from tests.mailbox import letters
from tests.sessions import signed_in

SINCE = date(2024, 4, 13)


@pytest.fixture
def approver(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.APPROVER, in_kanagawa)


def partner_in(state: PartnerState, **fields: object) -> Partner:
    values = {"name": "青葉商事", "kind": "npo", "number": 7, "state": state}
    partner = add_partner(values=values | fields, actor=Actor(), on=SINCE)
    make_member(MemberRole.OWNER, partner, email="owner@aoba.example.jp")
    return partner


@pytest.mark.parametrize("state", PartnerState)
@pytest.mark.parametrize("move", Move)
def test_every_move_from_every_state(approver: Actor, in_kanagawa: Programme, state: PartnerState, move: Move) -> None:
    partner = partner_in(state, number=None if state == PartnerState.UNCONFIRMED else 7)
    starts, ends = MOVES[move]
    if state not in starts:
        with pytest.raises(ValidationError):
            move_partner(partner_id=partner.pk, move=move, reason="理由", actor=approver)
        return
    assert ends in PARTNER_TRANSITIONS[state]
    day = timezone.localdate() - timedelta(days=3)
    moved = move_partner(partner_id=partner.pk, move=move, reason="決まりによる", actor=approver, on=day)
    assert (moved.state, moved.ending) == (ends, ENDINGS.get(move, ""))
    states = moved.facts.filter(field="state")
    assert states.on(day - timedelta(days=1)).get().value == state
    assert states.on(day).get().value == ends
    event = AuditEvent.objects.get(action=ACTIONS[move])
    assert (event.actor, event.reason) == (approver.user, "決まりによる")
    assert Activity.objects.get(partner=moved).on == day
    letter = letters(in_kanagawa, "owner@aoba.example.jp")[-1]
    assert "青葉商事" in letter.text and "決まりによる" in letter.text


def test_a_removed_partner_is_gone_and_comes_back_with_everything(
    approver: Actor, in_kanagawa: Programme, visit: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    partner = partner_in(PartnerState.REGISTERED)
    owner = partner.members.get()
    browser = signed_in(owner.user, in_kanagawa, owner)
    code = f"/certificates/{partner.certificate_code}/"
    assert (visit.get("/partners/7/").status_code, browser.get("/mypage/").status_code) == (200, 200)
    with programme_scope(in_kanagawa), django_capture_on_commit_callbacks(execute=True):
        move_partner(partner_id=partner.pk, move=Move.REMOVE, reason="報告がないため", actor=approver)
    assert visit.get("/partners/7/").status_code == 410
    assert "有効ではありません" in visit.get(code).text and "青葉商事" not in visit.get(code).text
    assert "青葉商事" not in visit.get("/partners/").text
    assert browser.get("/mypage/").status_code == 302
    with programme_scope(in_kanagawa), django_capture_on_commit_callbacks(execute=True):
        restored = move_partner(partner_id=partner.pk, move=Move.RESTORE, reason="誤りのため", actor=approver)
    assert (restored.number, restored.ending, restored.certificate_code) == (7, "", partner.certificate_code)
    assert "いま有効です" in visit.get(code).text
    assert (visit.get("/partners/7/").status_code, browser.get("/mypage/").status_code) == (200, 200)


@pytest.mark.parametrize("day", [SINCE - timedelta(days=1), None], ids=["before", "tomorrow"])
def test_a_day_that_cannot_be(approver: Actor, day: date | None) -> None:
    partner = partner_in(PartnerState.REGISTERED)
    on = day or timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="日付は選べません"):
        move_partner(partner_id=partner.pk, move=Move.SUSPEND, reason="理由", actor=approver, on=on)


def test_a_reason_is_needed(approver: Actor) -> None:
    partner = partner_in(PartnerState.REGISTERED)
    with pytest.raises(ValidationError, match="理由"):
        move_partner(partner_id=partner.pk, move=Move.SUSPEND, reason="  ", actor=approver)


def test_what_never_had_a_number_is_not_restored(approver: Actor) -> None:
    partner = partner_in(PartnerState.ENDED, number=None)
    with pytest.raises(ValidationError, match="登録番号"):
        move_partner(partner_id=partner.pk, move=Move.RESTORE, reason="理由", actor=approver)


@pytest.mark.parametrize("move", Move)
def test_who_may(approver: Actor, in_kanagawa: Programme, move: Move) -> None:
    starts, _ends = MOVES[move]
    partner = partner_in(max(starts))
    below = [role for role in StaffRole if role < LEAST[move]]
    for actor in (Actor(), *(make_actor(role, in_kanagawa) for role in below)):
        with pytest.raises(PermissionDenied):
            move_partner(partner_id=partner.pk, move=move, reason="理由", actor=actor)
