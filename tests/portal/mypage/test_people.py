"""担当者: invited, joining, changing, leaving; and a partner that never stands without an owner."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from partners.models import Consent, Member
from partners.services import people
from partners.states import MemberState
from portal.accounts.models import User
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import make_member, make_partner, make_staff
from tests.mailbox import letters

AsPerson = Callable[..., Client]
NEW = "jiro@aoba.example.jp"


def invitation(**fields: str) -> dict[str, str]:
    return {"name": "青葉 次郎", "address": NEW, "role": "2", "note": "よろしく"} | fields


def test_an_invited_person_comes_in_and_says_what_may_be_shown(
    as_member: AsPerson, kanagawa: Programme, visit: Client
) -> None:
    owner = as_member(MemberRole.OWNER)
    assert owner.post("/mypage/people/invite/", invitation())["Location"] == "/mypage/people/"
    letter = letters(kanagawa, NEW)[-1]
    assert "山田 花子様から" in letter.text and "よろしく" in letter.text
    answer = visit.post(letter.link, follow=True)
    assert "情報の利用目的" in answer.text
    address = answer.request["PATH_INFO"]
    # Nothing is open before.
    assert visit.get("/mypage/people/")["Location"].startswith("/mypage/arrive/")
    assert visit.post(address, {"shows_contact": "on"})["Location"] == "/mypage/"
    with programme_scope(kanagawa):
        person = Member.objects.get(user__email=NEW)
        assert (person.state, person.role) == (MemberState.ACTIVE, MemberRole.EDITOR)
        consent = Consent.objects.get(member=person)
        assert (consent.shows_contact, consent.publishes_reports) == (True, False)
        assert AuditEvent.objects.filter(action=Action.MEMBER_JOINED).count() == 1
    assert visit.get("/mypage/").status_code == 200


def test_only_the_invited_person_can_join(as_member: AsPerson, kanagawa: Programme) -> None:
    owner, other = as_member(MemberRole.OWNER), as_member(MemberRole.OWNER)
    owner.post("/mypage/people/invite/", invitation())
    with programme_scope(kanagawa):
        person = Member.objects.get(user__email=NEW)
    assert other.post(f"/mypage/welcome/{person.pk}/").status_code == 404
    assert owner.post(f"/mypage/welcome/{person.pk}/").status_code == 404


def test_somebody_elses_people_are_not_there(as_member: AsPerson) -> None:
    owner, other = as_member(MemberRole.OWNER), as_member(MemberRole.OWNER)
    for address in ("", "disable/"):
        assert owner.get(f"/mypage/people/{other.member.pk}/{address}").status_code == 404
        assert owner.post(f"/mypage/people/{other.member.pk}/{address}", {"role": "1"}).status_code == 404


@pytest.mark.parametrize("role", [MemberRole.VIEWER, MemberRole.EDITOR])
def test_only_owners_change_people(as_member: AsPerson, role: MemberRole) -> None:
    browser = as_member(role)
    assert browser.post("/mypage/people/invite/", invitation()).status_code == 403
    assert browser.post(f"/mypage/people/{browser.member.pk}/", {"role": "3"}).status_code == 403


def test_the_last_owner_stays(as_member: AsPerson, kanagawa: Programme) -> None:
    owner = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        # An owner who was invited may never come, and does not count.
        make_member(MemberRole.OWNER, owner.member.partner, state=MemberState.INVITED)
    assert "代表がいなくなる" in owner.post(f"/mypage/people/{owner.member.pk}/", {"role": "1"}).text
    assert "代表がいなくなる" in owner.post(f"/mypage/people/{owner.member.pk}/disable/", follow=True).text
    with programme_scope(kanagawa):
        make_member(MemberRole.OWNER, owner.member.partner)
    assert owner.post(f"/mypage/people/{owner.member.pk}/", {"role": "1"}).status_code == 302
    assert owner.post("/mypage/people/invite/", invitation()).status_code == 403


def test_a_disabled_person_is_out_and_can_be_invited_again(as_member: AsPerson, kanagawa: Programme) -> None:
    owner = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        person = make_member(MemberRole.EDITOR, owner.member.partner, email=NEW)
    owner.post(f"/mypage/people/{person.pk}/disable/")
    with programme_scope(kanagawa):
        person.refresh_from_db()
    assert person.state == MemberState.DISABLED
    owner.post("/mypage/people/invite/", invitation(role="1"))
    with programme_scope(kanagawa):
        person.refresh_from_db()
    assert (person.state, person.role) == (MemberState.INVITED, MemberRole.VIEWER)


def test_a_person_is_invited_once(as_member: AsPerson) -> None:
    owner = as_member(MemberRole.OWNER)
    page = owner.post("/mypage/people/invite/", invitation(address=owner.user.email)).text
    assert "すでに担当者です" in page and 'value="青葉 次郎"' in page


def officer_of(kanagawa: Programme, role: StaffRole = StaffRole.OFFICER) -> Actor:
    return Actor(user=make_staff(role, kanagawa), staff_role=role)


def test_who_was_invited_before_is_invited_anew_with_what_was_typed_now(
    as_member: AsPerson, kanagawa: Programme
) -> None:
    browser: Any = as_member(MemberRole.OWNER)
    browser.post("/mypage/people/invite/", invitation())
    assert browser.post("/mypage/people/invite/", invitation(name="青葉 三郎", role="1")).status_code == 302
    with programme_scope(kanagawa):
        member = Member.objects.get(user__email=NEW)
    assert (member.name, member.role, member.state) == ("青葉 三郎", MemberRole.VIEWER, MemberState.INVITED)


def test_somebody_of_the_staff_cannot_be_made_a_partners_person(as_member: AsPerson, kanagawa: Programme) -> None:
    """They do not sign in by mail, so the invitation would lead nowhere."""
    make_staff(StaffRole.OFFICER, kanagawa, email=NEW)
    browser: Any = as_member(MemberRole.OWNER)
    page = browser.post("/mypage/people/invite/", invitation())
    assert "職員のアドレス" in page.text and NEW in page.text
    with programme_scope(kanagawa):
        assert not Member.objects.filter(user__email=NEW).exists()


def test_who_has_left_is_told_so(as_member: AsPerson, kanagawa: Programme) -> None:
    browser: Any = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        make_member(MemberRole.OWNER, browser.member.partner)
    browser.post(f"/mypage/people/{browser.member.pk}/disable/")
    told = browser.get("/mypage/", follow=True)
    assert told.status_code == 403 and "利用は終わっています" in told.text


def test_staff_restore_lost_access_on_the_record_and_in_this_programme_alone(
    as_member: AsPerson, kanagawa: Programme, tokyo: Programme
) -> None:
    owner = as_member(MemberRole.OWNER)
    before = owner.user.email
    with programme_scope(tokyo):
        elsewhere = make_member(MemberRole.OWNER, make_partner(name="東京の会社"), user=owner.user)
    with programme_scope(kanagawa):
        actor = officer_of(kanagawa)
        people.restore_access(member=owner.member, address=NEW, reason="担当者の退職", actor=actor)
        event = AuditEvent.objects.get(action=Action.MEMBER_RESTORED)
    assert (event.actor, event.reason, event.changes) == (actor.user, "担当者の退職", {"user": None})
    assert owner.get("/mypage/").status_code == 302
    assert letters(kanagawa, NEW, "partners.invitation") and letters(kanagawa, before, "partners.access_moved")
    with programme_scope(tokyo):
        elsewhere.refresh_from_db()
    assert elsewhere.user.email == before
    assert User.objects.get(pk=owner.user.pk).email == before


def test_nobody_else_restores(as_member: AsPerson, kanagawa: Programme) -> None:
    owner = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        for actor in (Actor(user=owner.user), officer_of(kanagawa, StaffRole.READ_ONLY)):
            with pytest.raises(PermissionDenied):
                people.restore_access(member=owner.member, address=NEW, reason="x", actor=actor)


def test_who_is_in_two_organisations_chooses(as_member: AsPerson, kanagawa: Programme) -> None:
    browser: Any = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        other = make_member(MemberRole.VIEWER, make_partner(name="みどり農園"), user=browser.user)
        stranger = make_member()
    assert browser.get("/mypage/arrive/?next=/mypage/help/")["Location"].startswith("/mypage/organisation/")
    page = browser.get("/mypage/organisation/?next=/mypage/help/").text
    assert "みどり農園" in page and "株式会社あおばソーラー" in page
    chosen = browser.post("/mypage/organisation/", {"member": other.pk, "next": "/mypage/help/"})
    assert chosen["Location"] == "/mypage/help/"
    assert "みどり農園" in browser.get("/mypage/").text and "団体を切り替える" in browser.get("/mypage/").text
    assert browser.post("/mypage/organisation/", {"member": stranger.pk}).status_code == 403


def test_a_page_of_the_other_organisation_can_no_longer_be_sent(as_member: AsPerson, kanagawa: Programme) -> None:
    """Two tabs: one was filled in for one organisation, in the other the organisation was switched."""
    first: Any = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        other = make_member(MemberRole.OWNER, make_partner(name="みどり農園"), user=first.user)
    browser = Client(enforce_csrf_checks=True, headers={"host": kanagawa.primary_host})
    browser.cookies = first.cookies

    def token() -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/mypage/people/invite/").text)
        assert found
        return found[1]

    old = token()
    assert browser.post("/mypage/organisation/", {"member": other.pk, "csrfmiddlewaretoken": old}).status_code == 302
    assert browser.post("/mypage/people/invite/", invitation() | {"csrfmiddlewaretoken": old}).status_code == 403
    assert browser.post("/mypage/people/invite/", invitation() | {"csrfmiddlewaretoken": token()}).status_code == 302
    with programme_scope(kanagawa):
        assert Member.objects.get(user__email=NEW).partner == other.partner
    # Whoever wants to leave may leave from any page.
    assert browser.post("/sign-out/", {"csrfmiddlewaretoken": old})["Location"] == "/sign-out/done/"
    assert browser.get("/mypage/").status_code == 302


def test_an_unconfirmed_member_is_told_what_is_open(as_member: AsPerson) -> None:
    page = as_member(MemberRole.OWNER, state="unconfirmed", number=None).get("/mypage/").text
    assert "登録の内容を確認しています" in page
