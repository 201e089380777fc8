"""A person asks what a programme holds on them, and to have it erased: all of it is found, and only theirs goes."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.models import Consent, Member, Partner
from partners.states import MemberState, PartnerState
from portal.accounts.models import Draft, LoginTicket, User
from portal.audit.models import Action, AuditEvent
from portal.backoffice.erasure import disclose, erase, open_request, why_not_erase
from portal.backoffice.models import PersonRequest
from portal.backoffice.persons import held_on, person_with
from portal.inquiries.models import Inquiry
from portal.inquiries.services import Asker
from portal.notices.models import Subscription
from portal.outbox.models import OutgoingMail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.tenancy.wall import tenant_models
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import (
    make_actor,
    make_inquiry,
    make_meeting,
    make_member,
    make_partner,
    make_posting,
    make_report,
    make_seat,
    make_sent_application,
    make_subscription,
    make_user,
)
from tests.sessions import signed_in

Enter = Callable[..., Client]
ADDRESS, NAME, PHONE = "hanako.b@aoba.example.jp", "架橋 花子", "045-210-9876"
# Looks alike, and is somebody else's.
OTHER = "x.hanako.b@aoba.example.jp"


def approver(programme: Programme) -> Actor:
    return make_actor(StaffRole.APPROVER, programme)


def make_traces(user: User) -> Partner:
    """The same person in many tables; beside another owner, so that they may go."""
    contact = {"contact_name": NAME, "contact_email": ADDRESS, "contact_phone": PHONE}
    partner = make_partner(name="株式会社あおば", summary=f"お問い合わせは\n{ADDRESS}まで。", **contact)
    member = make_member(partner=partner, user=user, name=NAME)
    make_member(partner=partner, email=OTHER, name="別の 代表")
    Consent.objects.create(member=member)
    make_subscription(user)
    Draft.objects.create(user=user, form="report", data={"text": f"下書き\n{ADDRESS}"})
    LoginTicket.objects.create(address=ADDRESS)
    make_inquiry(asker=Asker(name=NAME, email=ADDRESS), text=f"{NAME}です。{ADDRESS} へ返信をお願いします。")
    make_inquiry(asker=Asker(name="別人", email=OTHER))
    make_sent_application(ADDRESS)
    make_seat(make_meeting(), partner, name=NAME, email=ADDRESS)
    make_posting(partner, created_by=user, **contact)
    make_report(partner, sent_by=user, free=f"連絡先：{ADDRESS}（{NAME}）")
    return partner


def everything() -> dict[str, str]:
    """All rows that the wall shows, as text, by table."""
    found = {}
    with connection.cursor() as cursor:
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            found[model._meta.label_lower] = cursor.fetchone()[0]
    return found


def asked_for(actor: Actor, address: str = ADDRESS) -> PersonRequest:
    return open_request(address=address, purpose="本人からの請求", actor=actor)


def test_the_sheet_names_every_table_in_which_the_person_stands(in_kanagawa: Programme) -> None:
    actor, user = approver(in_kanagawa), make_user(ADDRESS)
    make_traces(user)
    tables = {table.model._meta.label_lower: table for table in disclose(asked=asked_for(actor), actor=actor)}
    holding = {label for label, text in everything().items() if ADDRESS in text.replace(OTHER, "")}
    assert holding - {"backoffice.personrequest"} <= set(tables)
    assert {"partners.member", "partners.consent", "notices.subscription", "inquiries.inquirymessage"} <= set(tables)
    [inquiry] = tables["inquiries.inquiry"].shown()
    assert NAME in str(inquiry.values) and "別人" not in str(inquiry.values)
    # Of a report only what says something of the person: not all that the partner wrote.
    [report] = tables["renewals.report"].shown()
    assert "ご本人" in str(report.values)
    # In people's words: no name of a model, nothing as a program writes it.
    shown = [value for table in tables.values() for row in table.shown() for _label, value in row.values]
    assert not [value for value in shown if value in {model._meta.label_lower for model in tenant_models()}]
    assert not [value for value in shown if value.startswith("{")]
    assert [event.reason for event in AuditEvent.objects.filter(action=Action.PERSON_DISCLOSED)] == ["本人からの請求"]


def test_more_rows_cost_no_more_queries(in_kanagawa: Programme) -> None:
    user = make_user(ADDRESS)
    make_traces(user)
    with CaptureQueriesContext(connection) as few:
        [list(table.shown()) for table in held_on(person_with(ADDRESS))]
    for _number in range(5):
        make_inquiry(asker=Asker(name=NAME, email=ADDRESS))
        make_member(partner=make_partner(), user=user)
    with CaptureQueriesContext(connection) as many:
        [list(table.shown()) for table in held_on(person_with(ADDRESS))]
    assert len(many) <= len(few)


def test_nobody_is_looked_up_who_is_not_here(in_kanagawa: Programme, tokyo: Programme) -> None:
    actor = approver(in_kanagawa)
    with programme_scope(tokyo):
        make_traces(make_user(ADDRESS))
    with pytest.raises(ValidationError, match="情報がありません"):
        asked_for(actor)
    with pytest.raises(PermissionDenied):
        asked_for(make_actor(StaffRole.OFFICER, in_kanagawa))
    with pytest.raises(ValidationError, match="アドレスは書かない"):
        make_inquiry(asker=Asker(name=NAME, email=ADDRESS))
        open_request(address=ADDRESS, purpose=f"{ADDRESS}の件", actor=actor)


def test_after_the_erasure_the_address_is_nowhere_but_in_the_record(in_kanagawa: Programme) -> None:
    actor, user = approver(in_kanagawa), make_user(ADDRESS)
    partner = make_traces(user)
    mail = OutgoingMail.objects.filter(to=ADDRESS, state=State.QUEUED).first()
    assert mail
    asked = asked_for(actor)
    erase(asked=asked, reason="本人からの消去の請求", actor=actor)
    text = everything()
    found = {label for label, rows in text.items() if ADDRESS in rows.replace(OTHER, "")}
    assert found <= {"audit.auditevent"}
    for value in (NAME, PHONE):
        assert {label for label, rows in text.items() if value in rows} <= {"audit.auditevent"}
    assert "消去済み" in text["renewals.report"] and "消去済み" in text["inquiries.inquirymessage"]
    # The neighbour's are whole.
    assert OTHER in text["inquiries.inquiry"] and "別人" in text["inquiries.inquiry"]
    assert Member.objects.get(user__email=OTHER).state == MemberState.ACTIVE
    assert Member.objects.filter(partner=partner, state=MemberState.DISABLED).count() == 1
    assert not any(model.objects.exists() for model in (Consent, Subscription, Draft))
    mail.refresh_from_db()
    assert mail.state == State.CANCELLED
    # Only what cannot be rewritten still points to the person.
    left = {table.model._meta.label_lower for table in held_on(person_with(ADDRESS))}
    assert left <= {"audit.auditevent"}
    event = AuditEvent.objects.get(action=Action.PERSON_ERASED)
    assert event.changes == {} and ADDRESS not in event.reason
    with pytest.raises(ValidationError, match="すでに消去"):
        erase(asked=asked, reason="もう一度", actor=actor)


def test_another_programme_keeps_all_of_the_same_person(in_kanagawa: Programme, tokyo: Programme) -> None:
    actor, user = approver(in_kanagawa), make_user(ADDRESS)
    make_traces(user)
    with programme_scope(tokyo):
        place = make_member(partner=make_partner(), user=user, name=NAME)
        make_inquiry(asker=Asker(name=NAME, email=ADDRESS))
        make_subscription(user)
        before = everything()
    signed_in(user, in_kanagawa, Member.objects.get(user=user))
    with programme_scope(tokyo):
        signed_in(user, tokyo, place)
        before = everything()
    erase(asked=asked_for(actor), reason="請求", actor=actor)
    with programme_scope(tokyo):
        assert everything() == before
    user.refresh_from_db()
    assert (user.email, user.is_active) == (ADDRESS, True)


def test_sessions_end_here_alone(in_kanagawa: Programme, tokyo: Programme) -> None:
    actor, user = approver(in_kanagawa), make_user(ADDRESS)
    make_traces(user)
    for programme, key in ((in_kanagawa, "here"), (tokyo, "there")):
        UserSession.objects.create(
            user=user, ip="192.0.2.1", user_agent="", session_key=key, data={"programme": programme.pk}
        )
    erase(asked=asked_for(actor), reason="請求", actor=actor)
    assert list(UserSession.objects.filter(user=user).values_list("session_key", flat=True)) == ["there"]


def test_the_only_owner_stays_until_there_is_another(in_kanagawa: Programme) -> None:
    actor, user = approver(in_kanagawa), make_user(ADDRESS)
    partner = make_partner(name="ひとりの会")
    make_member(partner=partner, user=user, name=NAME)
    asked = asked_for(actor)
    assert "ひとりの会" in why_not_erase(asked)
    with pytest.raises(ValidationError, match="先に、別の代表"):
        erase(asked=asked, reason="請求", actor=actor)
    make_member(MemberRole.OWNER, partner, state=MemberState.INVITED)
    assert why_not_erase(asked)
    make_member(MemberRole.OWNER, partner)
    assert why_not_erase(asked) == ""


def test_the_only_owner_of_what_has_ended_may_go(in_kanagawa: Programme) -> None:
    actor, user = approver(in_kanagawa), make_user(ADDRESS)
    make_member(partner=make_partner(state=PartnerState.ENDED), user=user, name=NAME)
    erase(asked=asked_for(actor), reason="請求", actor=actor)
    assert not Member.objects.filter(user=user).exists()


def test_staff_are_not_erased_here(in_kanagawa: Programme) -> None:
    actor = approver(in_kanagawa)
    colleague: Any = approver(in_kanagawa).user
    asked = asked_for(actor, colleague.email)
    with pytest.raises(ValidationError, match="職員"):
        erase(asked=asked, reason="請求", actor=actor)


def test_two_erased_people_do_not_stand_in_each_others_way(in_kanagawa: Programme) -> None:
    actor, meeting, partner = approver(in_kanagawa), make_meeting(), make_partner()
    for number in range(2):
        make_seat(meeting, partner, email=f"guest.{number}@example.jp", name=f"参加 者{number}")
    for number in range(2):
        erase(asked=asked_for(actor, f"guest.{number}@example.jp"), reason="請求", actor=actor)
    assert "guest." not in everything()["meetings.seat"]


def test_the_way_through_the_screens(in_kanagawa: Programme, as_staff: Enter) -> None:
    browser, user = as_staff(StaffRole.APPROVER), make_user(ADDRESS)
    partner = make_traces(user)
    member = Member.objects.get(partner=partner, user=user)
    start = f"/admin/backoffice/personrequest/add/?member={member.pk}"
    assert start in browser.get(f"/admin/partners/member/{member.pk}/change/").content.decode()
    assert ADDRESS in browser.get(start).content.decode()
    refused = browser.post("/admin/backoffice/personrequest/add/", {"address": "nobody@example.jp", "purpose": "請求"})
    assert "情報がありません" in refused.content.decode()
    browser.post("/admin/backoffice/personrequest/add/", {"address": ADDRESS, "purpose": "請求"})
    asked = PersonRequest.objects.get()
    page = f"/admin/backoffice/personrequest/{asked.pk}"
    assert f"{page}/sheet/" in browser.get(f"{page}/change/").content.decode()
    sheet = browser.get(f"{page}/sheet/").content.decode()
    assert NAME in sheet and f"/admin/partners/member/{member.pk}/change/" in sheet
    assert "元に戻せません" in browser.get(f"{page}/erase/").content.decode()
    assert browser.post(f"{page}/erase/", {"reason": "請求"}).status_code == 200
    answer = browser.post(f"{page}/erase/", {"reason": "請求", "sure": "on"})
    assert answer.status_code == 302
    assert ADDRESS not in browser.get(f"{page}/change/").content.decode()
    assert browser.get(f"{page}/sheet/").status_code == 302
    assert Inquiry.objects.count() == 2
