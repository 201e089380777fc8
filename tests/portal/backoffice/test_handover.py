"""April: everything that somebody has in hand goes to a successor at once, with words and a list on paper."""

import io
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from pypdf import PdfReader

from portal.audit.models import Action, AuditEvent
from portal.backoffice.models import Handover
from portal.backoffice.queries import held_by
from portal.backoffice.services import hand_over
from portal.inquiries.services import close_inquiry
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import Assignment, Comment
from portal.web.services.work import assign
from tests.factories import make_actor, make_inquiry, make_inquiry_kind, make_partner, make_sent_application
from tests.mailbox import letters

Enter = Callable[..., Client]
OFFICER, APPROVER = StaffRole.OFFICER, StaffRole.APPROVER


def two(programme: Programme) -> tuple[Actor, Actor]:
    return make_actor(OFFICER, programme), make_actor(OFFICER, programme)


def test_everything_open_goes_and_what_is_done_stays(in_kanagawa: Programme) -> None:
    leaver, successor = two(in_kanagawa)
    kind = make_inquiry_kind()
    waiting, done, others = (make_inquiry(kind) for _ in range(3))
    application, partner = make_sent_application(), make_partner()
    for subject in (waiting, done, application, partner):
        assign(subject=subject, assignee=leaver.user, actor=leaver)
    assign(subject=others, assignee=successor.user, actor=successor)
    close_inquiry(inquiry=done, reason="済み", actor=leaver)
    notes = {f"inquiries.inquiry:{waiting.pk}": "電話を希望されています。"}
    handover = hand_over(
        leaver=leaver.user, successor=successor.user, note="よろしくお願いします。", notes=notes, actor=leaver
    )
    assert {(item.subject_type, item.subject_id) for item in handover.items.all()} == {
        ("inquiries.inquiry", str(waiting.pk)),
        ("partners.application", str(application.pk)),
        ("partners.partner", str(partner.pk)),
    }
    assert list(Assignment.objects.filter(assignee=leaver.user).values_list("subject_id", flat=True)) == [str(done.pk)]
    assert Assignment.objects.filter(assignee=successor.user).count() == 4
    (comment,) = Comment.objects.about(waiting)
    assert "電話を希望されています。" in comment.text
    (mail,) = letters(in_kanagawa, to=successor.user.email)
    assert "3件" in mail.text and f"/admin/backoffice/handover/{handover.pk}/" in mail.text
    assert AuditEvent.objects.get(action=Action.WORK_HANDED_OVER).changes["rows"] == [None, 3]
    with pytest.raises(ValidationError, match="引き継ぐものがありません"):
        hand_over(leaver=leaver.user, successor=successor.user, note="", notes={}, actor=leaver)


def test_what_waits_stands_first_by_its_date(in_kanagawa: Programme) -> None:
    leaver, _successor = two(in_kanagawa)
    partner, late, soon = (
        make_partner(),
        make_inquiry(make_inquiry_kind(answer_days=30)),
        make_inquiry(make_inquiry_kind(answer_days=1)),
    )
    for subject in (partner, late, soon):
        assign(subject=subject, assignee=leaver.user, actor=leaver)
    assert [item.subject for item in held_by(leaver.user)] == [soon, late, partner]


def test_an_officer_hands_over_only_their_own(in_kanagawa: Programme, tokyo: Programme) -> None:
    leaver, colleague = two(in_kanagawa)
    assign(subject=make_inquiry(), assignee=leaver.user, actor=leaver)
    with pytest.raises(PermissionDenied):
        hand_over(leaver=leaver.user, successor=colleague.user, note="", notes={}, actor=colleague)
    with pytest.raises(ValidationError, match="別の職員"):
        hand_over(leaver=leaver.user, successor=leaver.user, note="", notes={}, actor=leaver)
    stranger = make_actor(OFFICER, tokyo)
    with pytest.raises(ValidationError, match="この事業の職員"):
        hand_over(leaver=leaver.user, successor=stranger.user, note="", notes={}, actor=leaver)
    assert not Handover.objects.exists()
    approver = make_actor(APPROVER, in_kanagawa)
    assert hand_over(leaver=leaver.user, successor=colleague.user, note="", notes={}, actor=approver)


def test_the_page_and_the_sheet(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        _nobody, successor = two(kanagawa)
        inquiry = make_inquiry()
    officer = as_staff(OFFICER)
    with programme_scope(kanagawa):
        assign(subject=inquiry, assignee=officer.user, actor=Actor(user=officer.user, staff_role=OFFICER))
    page = officer.get("/admin/backoffice/handover/add/").text
    assert inquiry.receipt in page and "この方の担当を見る" not in page
    sent = officer.post("/admin/backoffice/handover/add/", {"successor": "", "note_0": "急ぎです。"})
    assert "急ぎです。" in sent.text
    typed = {"successor": successor.user.pk, "note": "全体は順調です。", "note_0": "急ぎです。"}
    done = officer.post("/admin/backoffice/handover/add/", typed, follow=True)
    assert "1件を" in done.text
    with programme_scope(kanagawa):
        handover = Handover.objects.get()
    sheet = officer.get(f"/admin/backoffice/handover/{handover.pk}/sheet/")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet.content)).pages)
    assert inquiry.receipt in text and "急ぎです。" in text and "全体は順調です。" in text
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.ROWS_EXPORTED).count() == 1


def test_an_approver_chooses_whose(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        leaver, _successor = two(kanagawa)
        inquiry = make_inquiry()
        assign(subject=inquiry, assignee=leaver.user, actor=leaver)
    address = f"/admin/backoffice/handover/add/?leaver={leaver.user.pk}"
    assert inquiry.receipt in as_staff(APPROVER).get(address).text
    # An officer sees their own, whatever the address says.
    assert inquiry.receipt not in as_staff(OFFICER).get(address).text
