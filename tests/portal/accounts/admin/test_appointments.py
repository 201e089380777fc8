"""職員: appointed, given another role, and ended on the staff's screens."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from portal.accounts.models import StaffAppointment
from portal.accounts.services.staff import OwnAppointment, appoint, end_appointment
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_member
from tests.mailbox import letters
from tests.sessions import signed_in

AsStaff = Callable[..., Client]
NEW = "jiro@pref.example.jp"
LIST = "/admin/accounts/staffappointment/"


def typed(**fields: str) -> dict[str, str]:
    return {"address": NEW, "name": "県 次郎", "role": "2"} | fields


def test_an_approver_appoints_and_the_person_is_told_how_to_begin(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver = as_staff(StaffRole.APPROVER)
    assert approver.post(f"{LIST}add/", typed())["Location"] == LIST
    letter = letters(kanagawa, NEW, "accounts.appointed")[0]
    assert "/staff/password/" in letter.link
    with programme_scope(kanagawa):
        appointment = StaffAppointment.objects.get(user__email=NEW)
        event = AuditEvent.objects.get(action=Action.STAFF_APPOINTED)
    assert (appointment.role, appointment.user.name, event.actor) == (StaffRole.OFFICER, "県 次郎", approver.user)
    page = approver.get(LIST).text
    assert NEW in page and "県 次郎" in page


def test_another_role_is_another_appointment(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver = as_staff(StaffRole.APPROVER)
    for role in ("2", "3"):
        approver.post(f"{LIST}add/", typed(role=role))
    with programme_scope(kanagawa):
        first, second = StaffAppointment.objects.filter(user__email=NEW).order_by("id")
    now, before = approver.get(f"{LIST}?in_office=yes").text, approver.get(f"{LIST}?in_office=no").text
    assert f"{LIST}{second.pk}/" in now and f"{LIST}{first.pk}/" not in now
    assert f"{LIST}{first.pk}/" in before and f"{LIST}{second.pk}/" not in before
    assert first.ended_at and not second.ended_at and second.role == StaffRole.APPROVER


def test_only_approvers_appoint_and_end(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer, reader = as_staff(StaffRole.OFFICER), as_staff(StaffRole.READ_ONLY)
    for person in (officer, reader):
        assert person.get(LIST).status_code == 200
        assert person.post(f"{LIST}add/", typed()).status_code == 403
    with programme_scope(kanagawa):
        other = StaffAppointment.objects.get(user=reader.user)
    assert "職員の任命を終える" not in officer.get(f"{LIST}{other.pk}/change/").text


def test_what_cannot_be_is_said_at_the_field(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver = as_staff(StaffRole.APPROVER)
    with programme_scope(kanagawa):
        make_member(email="hanako@aoba.example.jp")
    refused = approver.post(f"{LIST}add/", typed(address="hanako@aoba.example.jp")).text
    assert "団体の担当者のアドレスです" in refused and "県 次郎" in refused
    assert "ご自身の権限" in approver.post(f"{LIST}add/", typed(address=approver.user.email)).text
    assert "入力してください" in approver.post(f"{LIST}add/", {}).text


def test_an_ended_appointment_closes_the_door_at_once(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver, officer = as_staff(StaffRole.APPROVER), as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        appointment = StaffAppointment.objects.get(user=officer.user)
    chosen = {"action": "end", "_selected_action": appointment.pk}
    seen = re.search(r'name="seen" value="(\w+)"', approver.post(LIST, chosen).text)
    assert seen
    assert officer.get("/admin/").status_code == 200
    assert approver.post(LIST, chosen | {"seen": seen[1], "with-reason": ""}).status_code == 200
    assert approver.post(LIST, chosen | {"seen": seen[1], "with-reason": "異動"}).status_code == 302
    assert officer.get("/admin/").status_code == 403
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.STAFF_DISMISSED)
    assert (event.actor, event.reason) == (approver.user, "異動")
    assert "すでに終わっています" in approver.get(f"{LIST}{appointment.pk}/change/").text


def test_nobody_changes_their_own_so_that_an_approver_always_stays(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver = as_staff(StaffRole.APPROVER)
    with programme_scope(kanagawa):
        own = StaffAppointment.objects.get(user=approver.user)
        actor = Actor(user=approver.user, staff_role=StaffRole.APPROVER)
        assert "ご自身の権限" in approver.get(f"{LIST}{own.pk}/change/").text
        with pytest.raises(OwnAppointment):
            end_appointment(appointment=own, reason="x", actor=actor)
        with pytest.raises(OwnAppointment):
            appoint(address=approver.user.email, name="", role=StaffRole.READ_ONLY, actor=actor)


@pytest.mark.parametrize("role", [None, StaffRole.READ_ONLY, StaffRole.OFFICER])
def test_the_service_asks_for_the_role_by_itself(in_kanagawa: Programme, role: StaffRole | None) -> None:
    actor = make_actor(role, in_kanagawa)
    with pytest.raises(PermissionDenied):
        appoint(address=NEW, name="県 次郎", role=StaffRole.OFFICER, actor=actor)
    appointment = appoint(address=NEW, name="県 次郎", role=StaffRole.OFFICER, actor=None)
    with pytest.raises(PermissionDenied):
        end_appointment(appointment=appointment, reason="異動", actor=actor)


def test_another_programmes_staff_are_not_there(as_staff: AsStaff, kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        elsewhere = appoint(address="taro@tokyo.example.jp", name="東京 太郎", role=StaffRole.OFFICER, actor=None)
    reader = as_staff(StaffRole.READ_ONLY)
    assert "taro@tokyo.example.jp" not in reader.get(LIST).text
    assert reader.get(f"{LIST}{elsewhere.pk}/change/").status_code == 404
    assert signed_in(elsewhere.user, tokyo).get(f"{LIST}{elsewhere.pk}/change/").status_code == 200
