"""April: everything that somebody has in hand goes to a successor at once, with words and a list on paper."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from pypdf import PdfReader

from portal.audit.models import Action, AuditEvent
from portal.backoffice.models import Handover, HandoverItem
from portal.backoffice.queries import held_by, successors_of, table_of
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
    note = f"note_inquiries.inquiry:{inquiry.pk}"
    assert inquiry.receipt in page and "この方の担当を見る" not in page
    sent = officer.post("/admin/backoffice/handover/add/", {"successor": "", note: "急ぎです。"})
    assert "急ぎです。" in sent.text
    typed = {"successor": successor.user.pk, "note": "全体は順調です。", note: "急ぎです。"}
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


def test_words_stay_with_their_thing_though_the_list_has_changed(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        _nobody, successor = two(kanagawa)
        late, soon = (make_inquiry(make_inquiry_kind(f"{days}日", answer_days=days)) for days in (30, 1))
    officer = as_staff(OFFICER)
    actor = Actor(user=officer.user, staff_role=OFFICER)
    with programme_scope(kanagawa):
        assign(subject=late, assignee=officer.user, actor=actor)
    names = set(re.findall(r'name="(note_[^"]+)"', officer.get("/admin/backoffice/handover/add/").text))
    with programme_scope(kanagawa):
        # Comes before the other one in the list.
        assign(subject=soon, assignee=officer.user, actor=actor)
    typed = {"successor": successor.user.pk} | dict.fromkeys(names, "長いほう")
    officer.post("/admin/backoffice/handover/add/", typed)
    with programme_scope(kanagawa):
        notes = dict(Handover.objects.get().items.values_list("subject_id", "note"))
    assert notes == {str(late.pk): "長いほう", str(soon.pk): ""}


def test_who_only_reads_takes_nothing_over(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        leaver, officer = two(kanagawa)
        reader = make_actor(StaffRole.READ_ONLY, kanagawa)
        assign(subject=make_inquiry(), assignee=leaver.user, actor=leaver)
        assert reader.user not in successors_of(leaver.user) and officer.user in successors_of(leaver.user)
        with pytest.raises(ValidationError, match="閲覧だけ"):
            hand_over(leaver=leaver.user, successor=reader.user, note="", notes={}, actor=leaver)
        handover = hand_over(leaver=leaver.user, successor=officer.user, note="", notes={}, actor=leaver)
    address = f"/admin/backoffice/handover/{handover.pk}/"
    assert f"{address}sheet/" in as_staff(OFFICER).get(f"{address}change/").text
    assert f"{address}sheet/" not in as_staff(StaffRole.READ_ONLY).get(f"{address}change/").text


def test_the_sheet_says_the_day_in_japan(in_kanagawa: Programme) -> None:
    leaver, successor = two(in_kanagawa)
    inquiry = make_inquiry()
    assign(subject=inquiry, assignee=leaver.user, actor=leaver)
    handover = hand_over(leaver=leaver.user, successor=successor.user, note="", notes={}, actor=leaver)
    moment = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    HandoverItem.objects.create(
        handover=handover, kind="x", title="y", subject_type="z", subject_id="1", due_at=moment, note=""
    )
    _head, rows = table_of(handover)
    assert [row[2] for row in rows] == [str(inquiry.answer_by), "2026-11-21"]
