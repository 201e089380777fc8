"""Contacts who have been quiet are asked, once a year; whoever leaves names a successor, and is out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from partners.models import Member
from partners.services.people import AlreadyThere, IsStaff
from partners.services.successors import ask_if_in_charge, name_successor, quiet_from
from partners.states import MemberState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_actor, make_member, make_partner, make_person, make_staff
from tests.mailbox import letters
from tests.sessions import signed_in

APRIL = datetime(2027, 4, 10, 3, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def sign_in(member: Member) -> datetime:
    about = {"subject_type": "accounts.user", "subject_id": str(member.user_id)}
    return AuditEvent.objects.create(action=Action.SIGNED_IN, actor=member.user, **about).at


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2027-04-01T00:00:00+09:00", "2026-04-01T00:00:00+09:00"),
        ("2027-03-31T23:59:59+09:00", "2025-04-01T00:00:00+09:00"),
    ],
)
def test_since_the_last_fiscal_year(now: str, first: str) -> None:
    assert quiet_from(datetime.fromisoformat(now)) == datetime.fromisoformat(first)


def test_who_is_quiet(in_kanagawa: Programme, tokyo: Programme) -> None:
    quiet, came = make_member(since=LONG_AGO), make_member(since=LONG_AGO)
    make_member(since=LONG_AGO, state=MemberState.INVITED)
    with programme_scope(tokyo):
        # In another programme, which says nothing here.
        sign_in(quiet)
    moment = sign_in(came)
    new = make_member(since=moment)
    second = timedelta(seconds=1)
    assert set(Member.objects.quiet_since(moment)) == {quiet}
    assert set(Member.objects.quiet_since(moment + second)) == {quiet, came, new}


def test_asked_once_a_year(in_kanagawa: Programme) -> None:
    member, officer = make_member(since=LONG_AGO), make_actor(StaffRole.OFFICER, in_kanagawa)
    ask_if_in_charge(member=member, actor=officer, now=APRIL)
    with pytest.raises(ValidationError, match="すでに尋ねました"):
        ask_if_in_charge(member=member, actor=officer, now=APRIL + timedelta(days=300))
    ask_if_in_charge(member=member, actor=officer, now=APRIL + timedelta(days=400))
    (mail, _next) = letters(in_kanagawa, to=member.user.email)
    assert "/sign-in/?next=/mypage/successor/" in mail.text.replace("%2F", "/")
    with pytest.raises(PermissionDenied):
        ask_if_in_charge(member=member, actor=make_person(member), now=APRIL)


def test_somebody_who_came_is_not_asked(in_kanagawa: Programme) -> None:
    member = make_member(since=LONG_AGO)
    sign_in(member)
    with pytest.raises(ValidationError, match="ログインしている"):
        ask_if_in_charge(member=member, actor=make_actor(StaffRole.OFFICER, in_kanagawa), now=APRIL)


def test_the_place_goes_to_the_successor(in_kanagawa: Programme) -> None:
    member = make_member(MemberRole.EDITOR)
    before = member.user
    name_successor(member=member, name="後藤 健", address="new@aoba.example.jp", actor=make_person(member))
    member.refresh_from_db()
    assert (member.user.email, member.name, member.state) == ("new@aoba.example.jp", "後藤 健", MemberState.INVITED)
    (told,) = letters(in_kanagawa, to=before.email)
    # The role, and nothing of the person.
    assert "担当" in told.text and "後藤" not in told.text and "new@" not in told.text
    (invitation,) = letters(in_kanagawa, to="new@aoba.example.jp")
    assert invitation.message == "partners.invitation"
    event = AuditEvent.objects.get(action=Action.MEMBER_SUCCEEDED)
    assert event.changes == {"user": None, "name": None}


def test_who_may_not_and_to_whom_not(in_kanagawa: Programme) -> None:
    partner = make_partner()
    member, colleague = make_member(partner=partner), make_member(partner=partner)
    actor = make_person(member)
    with pytest.raises(PermissionDenied):
        name_successor(member=member, name="x", address="x@example.jp", actor=make_person(colleague))
    for address in (member.user.email, colleague.user.email):
        with pytest.raises(AlreadyThere):
            name_successor(member=member, name="x", address=address, actor=actor)
    with pytest.raises(IsStaff):
        address = make_staff(StaffRole.OFFICER, in_kanagawa).email
        name_successor(member=member, name="x", address=address, actor=actor)
    member.refresh_from_db()
    assert member.user == actor.user


def test_the_old_browser_is_out(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member(MemberRole.OWNER)
    browser = signed_in(member.user, kanagawa, member)
    typed = {"name": "後藤 健", "address": "new@aoba.example.jp"}
    confirm = browser.post("/mypage/successor/", typed)
    assert "まだ引き継いでいません" in confirm.text
    done = browser.post("/mypage/successor/", typed | {"_send": "1"}, follow=True)
    assert "後任の方に引き継ぎました" in done.text
    assert browser.get("/mypage/").status_code in (302, 403)


def test_staff_ask_from_the_list(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member(since=timezone.now() - timedelta(days=1000))
        fresh = make_member(name="新しい人")
    officer = as_staff(StaffRole.OFFICER)
    page = officer.get("/admin/partners/member/?quiet=yes").text
    assert member.user.email in page and fresh.user.email not in page
    ticked = {"action": "ask", "_selected_action": [member.pk, fresh.pk]}
    confirm = officer.post("/admin/partners/member/", ticked)
    assert "昨年度からログインしているか" in confirm.text
