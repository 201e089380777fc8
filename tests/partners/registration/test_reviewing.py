"""What staff do with an application: check, return, approve, reject, alone and many at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Activity, Application, Fact, Member, Partner, RegistrationSettings
from partners.queries.registration import checklist_of, fingerprint, registration_settings
from partners.services.records import change_partner, lock_partner
from partners.services.registration import (
    approve_application,
    check_application,
    reject_application,
    return_application,
    send_application,
)
from partners.services.standing import move_partner
from partners.states import ApplicationState, MemberState, Move, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.registry import work_queues
from tests.factories import (
    make_actor,
    make_application,
    make_checked_application,
    make_partner,
    make_sent_application,
    make_staff,
    make_typed,
)
from tests.mailbox import letters

MIDORI = "midori@minato.example.jp"
LIST = "/admin/partners/application/"
APPROVAL = "partners.approve_application"


def today() -> Any:
    return timezone.localdate()


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def events(application: Application) -> list[str]:
    found = AuditEvent.objects.filter(subject_type="partners.application", subject_id=str(application.pk))
    return list(found.order_by("id").values_list("action", flat=True))


def test_an_approved_application_is_a_partner_with_number_and_owner(officer: Actor, in_kanagawa: Programme) -> None:
    make_partner(number=140)
    application = make_checked_application()
    partner = approve_application(application=application, approved_on=today(), actor=officer)
    application.refresh_from_db()
    assert (application.state, application.partner, application.decided_by) == (
        ApplicationState.APPROVED, partner, officer.user,
    )  # fmt: skip
    assert (partner.number, partner.state, partner.batch, partner.approved_on) == (
        141, PartnerState.REGISTERED, application.batch, today(),
    )  # fmt: skip
    assert (partner.name, partner.kana, partner.capital, partner.goals) == (
        "株式会社みなとデザイン", "ミナトデザイン", 10000, [7, 13],
    )  # fmt: skip
    assert application.batch is not None
    application.batch.refresh_from_db()
    assert application.batch.approved_on == today()
    member = Member.objects.get(partner=partner)
    assert (member.user.email, member.role, member.state) == (MIDORI, MemberRole.OWNER, MemberState.INVITED)
    assert Fact.objects.filter(partner=partner, field="state", value="registered", since=today()).exists()
    assert Activity.objects.get(partner=partner).kind == Activity.Kind.REGISTRATION
    assert events(application)[-1] == Action.APPLICATION_APPROVED
    (result,) = letters(in_kanagawa, MIDORI, "partners.application_approved")
    assert "第141号" in result.text
    (opening,) = letters(in_kanagawa, MIDORI, "partners.invitation")
    assert opening.link


def test_the_account_opens_by_the_mail(kanagawa: Programme, visit: Client) -> None:
    with programme_scope(kanagawa):
        application = make_checked_application()
        approve_application(application=application, approved_on=today(), actor=make_actor(StaffRole.OFFICER, kanagawa))
    (opening,) = letters(kanagawa, MIDORI, "partners.invitation")
    assert "株式会社みなとデザイン" in visit.get(opening.link).text
    assert visit.post(opening.link).status_code == 302


def test_nothing_is_approved_unchecked(officer: Actor) -> None:
    RegistrationSettings.objects.create(requirements=[{"ja": "県内に事業所があること"}])
    application = make_sent_application()
    with pytest.raises(ValidationError, match="県内に事業所があること"):
        approve_application(application=application, approved_on=today(), actor=officer)
    check_application(application=application, checked=["published", "same", "contact"], actor=officer)
    with pytest.raises(ValidationError, match="県内に事業所があること"):
        approve_application(application=application, approved_on=today(), actor=officer)
    check_application(application=application, checked=list(checklist_of(registration_settings())), actor=officer)
    assert approve_application(application=application, approved_on=today(), actor=officer).number


@pytest.mark.parametrize("days", [-1, 1])
def test_the_approval_is_neither_before_the_sending_nor_in_the_future(officer: Actor, days: int) -> None:
    application = make_checked_application()
    with pytest.raises(ValidationError, match="承認日"):
        approve_application(application=application, approved_on=today() + timedelta(days), actor=officer)


def test_a_returned_application_comes_back_with_its_history(officer: Actor, in_kanagawa: Programme) -> None:
    application = make_checked_application()
    return_application(application=application, reason="所在地を直してください。", actor=officer)
    (mail,) = letters(in_kanagawa, MIDORI, "partners.application_returned")
    assert "所在地を直してください。" in mail.text
    assert application.link_token in mail.text
    application.refresh_from_db()
    application.data = make_typed(address="海岸通2番")
    application.save()
    receipt, batch = application.receipt, application.batch
    application = send_application(application=application, seen=fingerprint(application.data))
    assert (application.receipt, application.batch, application.checklist) == (receipt, batch, [])
    first, second = application.versions.all()
    assert (first.comment, first.data["address"], second.data["address"]) == (
        "所在地を直してください。", ["日本大通1番"], ["海岸通2番"],
    )  # fmt: skip
    assert len(letters(in_kanagawa, MIDORI, "partners.application_sent")) == 2
    assert events(application) == [
        Action.APPLICATION_SENT, Action.APPLICATION_RETURNED, Action.APPLICATION_SENT,
    ]  # fmt: skip


def test_a_rejected_application_says_why_and_stays_rejected(officer: Actor, in_kanagawa: Programme) -> None:
    application = make_sent_application()
    reject_application(application=application, reason="県外の団体のため。", actor=officer)
    (mail,) = letters(in_kanagawa, MIDORI, "partners.application_rejected")
    assert "県外の団体のため。" in mail.text
    with pytest.raises(ValidationError, match="不登録"):
        return_application(application=application, reason="やはり。", actor=officer)
    assert not Partner.objects.exists()


@pytest.mark.parametrize("role", [None, StaffRole.READ_ONLY])
def test_only_officers_decide(in_kanagawa: Programme, role: StaffRole | None) -> None:
    application, actor = make_checked_application(), make_actor(role, in_kanagawa)
    with pytest.raises(PermissionDenied):
        approve_application(application=application, approved_on=today(), actor=actor)
    with pytest.raises(PermissionDenied):
        return_application(application=application, reason="理由", actor=actor)
    with pytest.raises(PermissionDenied):
        reject_application(application=application, reason="理由", actor=actor)
    with pytest.raises(PermissionDenied):
        check_application(application=application, checked=[], actor=actor)


def test_an_unconfirmed_member_is_confirmed(tokyo: Programme) -> None:
    with programme_scope(tokyo):
        application = make_checked_application()
        before = Partner.objects.get()
        partner = approve_application(
            application=application, approved_on=today(), actor=make_actor(StaffRole.OFFICER, tokyo)
        )
        assert partner.pk == before.pk
        assert (partner.state, partner.number) == (PartnerState.REGISTERED, 1)
        assert Member.objects.count() == 1
    assert len(letters(tokyo, MIDORI, "partners.invitation")) == 1


def test_what_staff_entered_meanwhile_stays(tokyo: Programme) -> None:
    """Only what the applicant typed anew is written over it."""
    with programme_scope(tokyo):
        officer, application = make_actor(StaffRole.OFFICER, tokyo), make_sent_application()
        partner_id = application.partner_id
        entered = {"phone": "045-111-1111", "contact_phone": "045-222-2222"}
        change_partner(partner=lock_partner(partner_id), values=entered, actor=officer)
        return_application(application=application, reason="電話を確かめてください。", actor=officer)
        application.refresh_from_db()
        application.data["contact_phone"] = ["045-333-3333"]
        application.save()
        send_application(application=application, seen=fingerprint(application.data))
        check_application(application=application, checked=list(checklist_of(registration_settings())), actor=officer)
        partner = approve_application(application=application, approved_on=today(), actor=officer)
        assert (partner.pk, partner.state) == (partner_id, PartnerState.REGISTERED)
        assert (partner.phone, partner.contact_phone) == ("045-111-1111", "045-333-3333")


def test_what_is_not_confirmed_leaves_with_its_application_alone(tokyo: Programme) -> None:
    """It would be ended and still wait for its approval."""
    with programme_scope(tokyo):
        application, officer = make_checked_application(), make_actor(StaffRole.OFFICER, tokyo)
        with pytest.raises(ValidationError, match="登録の申請を"):
            move_partner(partner_id=application.partner_id, move=Move.LEAVE, reason="申し出", actor=officer)
        approve_application(application=application, approved_on=today(), actor=officer)
        assert Partner.objects.get().state == PartnerState.REGISTERED


def test_a_state_follows_the_table_here_too(tokyo: Programme) -> None:
    with programme_scope(tokyo):
        application, officer = make_checked_application(), make_actor(StaffRole.OFFICER, tokyo)
        Partner.objects.update(state=PartnerState.REGISTERED)
        with pytest.raises(ValidationError, match="登録中"):
            approve_application(application=application, approved_on=today(), actor=officer)


def test_a_rejected_unconfirmed_member_is_out(tokyo: Programme) -> None:
    with programme_scope(tokyo):
        application = make_sent_application()
        reject_application(application=application, reason="理由", actor=make_actor(StaffRole.OFFICER, tokyo))
        assert Partner.objects.get().state == PartnerState.ENDED


def test_the_staffs_own_address_opens_no_account(officer: Actor) -> None:
    """It would never get in: staff have a door of their own."""
    application = make_checked_application()
    make_staff(StaffRole.OFFICER, application.programme, email=MIDORI)
    with pytest.raises(ValidationError, match="職員"):
        approve_application(application=application, approved_on=today(), actor=officer)
    application.refresh_from_db()
    assert (application.state, Partner.objects.count()) == (ApplicationState.SENT, 0)


def test_nor_does_it_before_the_confirmation(tokyo: Programme) -> None:
    make_staff(StaffRole.OFFICER, tokyo, email=MIDORI)
    with programme_scope(tokyo):
        assert make_sent_application().state == ApplicationState.SENT
        assert not Member.objects.exists()


# --- The screens -----------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_was_sent_and_no_drafts(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_sent_application("a@example.jp", name="審査を待つ団体")
        make_application("b@example.jp", name="書きかけの団体")
        queue = work_queues["partners.applications"]
        assert queue.count() == 1
        (item,) = queue.items()
        assert "審査を待つ団体" in item.title
    browser = as_staff(StaffRole.READ_ONLY)
    shown = browser.get(LIST)
    assert "審査を待つ団体" in shown.text
    assert "書きかけの団体" not in shown.text
    assert browser.get(item.url).status_code == 200


def test_the_queue_asks_the_database_as_often_for_three_as_for_one(
    as_staff: Callable[..., Client], kanagawa: Programme
) -> None:
    officer, counts = as_staff(StaffRole.OFFICER), []
    for addresses in (["a@example.jp"], ["b@example.jp", "c@example.jp"]):
        with programme_scope(kanagawa):
            for address in addresses:
                make_sent_application(address)
        officer.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            officer.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_review_shows_everything_on_one_page(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        actor = make_actor(StaffRole.OFFICER, kanagawa)
        make_partner(name="株式会社みなとデザイン", state=PartnerState.SUSPENDED)
        application = make_sent_application()
        return_application(application=application, reason="所在地を直してください。", actor=actor)
        application.refresh_from_db()
        application.data = make_typed(address="海岸通2番")
        application.save()
        send_application(application=application, seen=fingerprint(application.data))
    page = officer.get(f"{LIST}{application.pk}/change/").text
    for text in ("ミナトデザイン", "停止中", "所在地を直してください。", "日本大通1番", "海岸通2番"):
        assert text in page
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.PERSON_VIEWED, subject_id=str(application.pk)).exists()


def test_checking_on_the_page(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_sent_application()
    officer, page = as_staff(StaffRole.OFFICER), f"{LIST}{application.pk}/change/"
    assert officer.post(page, {"checklist": ["published", "same"]}).status_code == 302
    with programme_scope(kanagawa):
        application.refresh_from_db()
        assert application.checklist == ["published", "same"]
        assert events(application)[-1] == Action.APPLICATION_CHECKED
    record = officer.get(f"{LIST}{application.pk}/history/").text
    assert "取組を公表しているページを開いて確かめた" in record
    assert "published" not in record
    assert as_staff(StaffRole.READ_ONLY).post(page, {"checklist": []}).status_code == 403


def confirmed(browser: Client, action: str, ids: list[int], **fields: str) -> Any:
    """The confirm page, and then its button."""
    data: dict[str, Any] = {"action": action, "_selected_action": ids}
    shown = browser.post(LIST, data)
    return shown.text, browser.post(LIST, data | {"seen": shown.context["plan"].seen} | fields, follow=True)


def test_a_batch_is_approved_at_once(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        ready = [make_checked_application(f"a{number}@example.jp", name=f"団体{number}") for number in range(3)]
        unready = make_sent_application("b@example.jp", name="まだの団体")
    ids = [application.pk for application in (*ready, unready)]
    shown, answer = confirmed(officer, "approve", ids, **{"with-approved_on": str(today())})
    assert "対象になる3件" in shown
    assert "確かめていない項目が3件あります" in shown
    assert "3件に「承認して登録する」を実行しました。" in answer.text
    with programme_scope(kanagawa):
        assert list(Partner.objects.order_by("number").values_list("number", "name")) == [
            (1, "団体0"), (2, "団体1"), (3, "団体2"),
        ]  # fmt: skip
        unready.refresh_from_db()
        assert unready.state == ApplicationState.SENT


def test_returning_on_the_page_needs_a_reason(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        application = make_sent_application()
    _shown, answer = confirmed(officer, "return", [application.pk], **{"with-reason": ""})
    assert "入力してください" in answer.text
    _shown, answer = confirmed(officer, "return", [application.pk], **{"with-reason": "所在地を直してください。"})
    with programme_scope(kanagawa):
        application.refresh_from_db()
        assert (application.state, application.comment) == (ApplicationState.RETURNED, "所在地を直してください。")


def test_a_second_approver_where_the_programme_wants_one(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    kanagawa.second_approval = [APPROVAL]
    kanagawa.save()
    with programme_scope(kanagawa):
        application = make_checked_application()
    officer, approver = as_staff(StaffRole.OFFICER), as_staff(StaffRole.APPROVER)
    _shown, answer = confirmed(officer, "approve", [application.pk], **{"with-approved_on": str(today())})
    assert "1件の承認を依頼しました。" in answer.text
    with programme_scope(kanagawa):
        request = ApprovalRequest.objects.get()
        assert not Partner.objects.exists()
    page = "/admin/web/approvalrequest/"
    data = {"action": "approve", "_selected_action": [request.pk]}
    shown = approver.post(page, data)
    approver.post(page, data | {"seen": shown.context["plan"].seen})
    with programme_scope(kanagawa):
        application.refresh_from_db()
        assert application.state == ApplicationState.APPROVED
        assert Partner.objects.get().approved_on == today()


def test_another_programmes_application_is_not_there(
    as_staff: Callable[..., Client], kanagawa: Programme, tokyo: Programme
) -> None:
    with programme_scope(tokyo):
        application = make_sent_application(name="東京の団体")
    officer = as_staff(StaffRole.OFFICER)
    assert officer.get(f"{LIST}{application.pk}/change/").status_code == 404
    assert "東京の団体" not in officer.get(f"{LIST}?q=東京").text


def test_the_requirements_are_typed_as_text(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        settings = RegistrationSettings.objects.create()
    approver, page = as_staff(StaffRole.APPROVER), f"/admin/partners/registrationsettings/{settings.pk}/change/"
    data = {
        "requirements": "県内に事業所があること\nAn office here.\n\n公表していること", "rhythm": "quarterly",
        "answer_days": "30", "keep_closed_months": "12", "sections": settings.sections,
    }  # fmt: skip
    assert approver.post(page, data).status_code == 302
    with programme_scope(kanagawa):
        settings.refresh_from_db()
    assert settings.requirements == [
        {"ja": "県内に事業所があること", "en": "An office here."}, {"ja": "公表していること"},
    ]  # fmt: skip
    assert "An office here.\n\n公表していること" in approver.get(page).text
    assert as_staff(StaffRole.OFFICER).post(page, data).status_code == 403
