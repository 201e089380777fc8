"""代理入力: staff enter what came by telephone; it says so, to staff and to whoever asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from portal.audit.models import Action, AuditEvent
from portal.inquiries.models import Inquiry, KindAnswer, KindQuestion
from portal.inquiries.rules import may_see
from portal.inquiries.services import Asker, answer_inquiry
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import ANONYMOUS, StaffRole
from portal.web.models import Channel, OnBehalf
from tests.factories import make_actor, make_inquiry, make_inquiry_kind, make_member, make_partner, make_person
from tests.mailbox import letters

Enter = Callable[..., Client]
ADD = "/admin/inquiries/inquiry/add/"
BY_PHONE = OnBehalf(Channel.PHONE, "電話で受付")


def typed(programme: Programme, **changed: Any) -> dict[str, Any]:
    with programme_scope(programme):
        kind = make_inquiry_kind()
    usual = {
        "received_on": timezone.localdate().isoformat(), "entered_through": "phone", "entered_because": "電話で受付",
        "kind": kind.pk, "name": "佐々木 葵", "email": "aoi@example.jp", "text": "費用はかかりますか。",
        "form_key": str(uuid4()),
    }  # fmt: skip
    return usual | changed


def test_it_is_entered_marked_and_mailed(as_staff: Enter, visit: Client, kanagawa: Programme) -> None:
    officer, form = as_staff(StaffRole.OFFICER), typed(kanagawa)
    assert ADD in officer.get("/admin/inquiries/inquiry/").text
    assert officer.get(ADD).status_code == 200
    # Pressed twice.
    pages = [officer.post(ADD, form, follow=True) for _ in range(2)]
    assert all("代理入力" in page.text and "電話で受付" in page.text for page in pages)
    with programme_scope(kanagawa):
        inquiry = Inquiry.objects.get()
        assert (inquiry.entered_by, inquiry.entered_through) == (officer.user, Channel.PHONE)
        assert [(one.message, one.to) for one in letters(kanagawa)] == [("inquiries.received", "aoi@example.jp")]
        event = AuditEvent.objects.get(action=Action.INQUIRY_ENTERED)
        assert (event.actor, event.reason) == (officer.user, "電話で受付")
    assert "代理入力（電話）：電話で受付" in visit.get(f"/contact/thread/{inquiry.link_token}/").text


def test_without_an_address_nobody_is_mailed(as_staff: Enter, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    officer.post(ADD, typed(kanagawa, email="", phone="045-000-0000"))
    with programme_scope(kanagawa):
        inquiry = Inquiry.objects.get()
        seen = inquiry.messages.get().pk
    page = officer.post(f"/admin/inquiries/inquiry/{inquiry.pk}/answer/", {"text": "はい", "seen": seen}, follow=True)
    assert "電話などでお伝えください" in page.text
    with programme_scope(kanagawa):
        assert letters(kanagawa) == []


def test_the_promise_counts_from_the_day_on_which_it_came(as_staff: Enter, kanagawa: Programme) -> None:
    day = timezone.localdate() - timedelta(days=3)
    as_staff(StaffRole.OFFICER).post(ADD, typed(kanagawa, received_on=day.isoformat()))
    with programme_scope(kanagawa):
        inquiry = Inquiry.objects.get()
    assert timezone.localdate(inquiry.sent_at) == day
    assert inquiry.receipt.startswith(f"Q{day:%Y%m%d}")


def test_the_kinds_questions_are_asked_on_the_telephone(as_staff: Enter, kanagawa: Programme) -> None:
    officer, form = as_staff(StaffRole.OFFICER), typed(kanagawa)
    with programme_scope(kanagawa):
        kind = make_inquiry_kind("経営の相談")
        question = KindQuestion.objects.create(kind=kind, label="分野", choices="経営\n販路")
        KindAnswer.objects.create(kind=kind, question="費用は？", answer="かかりません。")
    assert f"?kind={kind.pk}" in officer.get(ADD).text
    shown = officer.get(ADD, {"kind": kind.pk}).text
    assert "分野" in shown and "かかりません。" in shown
    # Another kind was chosen on the form: its questions come before anything is sent, and what was typed stays.
    form |= {"kind": kind.pk}
    again = officer.post(ADD, form).text
    assert "分野" in again and "佐々木 葵" in again and f'name="asked" value="{kind.pk}"' in again
    with programme_scope(kanagawa):
        assert not Inquiry.objects.exists()
    officer.post(ADD, form | {"asked": kind.pk, f"question_{question.pk}": "販路"})
    with programme_scope(kanagawa):
        assert Inquiry.objects.get().answers == [["分野", "販路"]]


def test_it_is_linked_to_the_partner_for_staff_alone(as_staff: Enter, kanagawa: Programme, tokyo: Programme) -> None:
    officer, form = as_staff(StaffRole.OFFICER), typed(kanagawa)
    with programme_scope(kanagawa):
        owner = make_member(partner=make_partner(number=7, name="株式会社みなと"))
    with programme_scope(tokyo):
        make_partner(number=8)
    offered = officer.get(f"/admin/partners/partner/{owner.partner_id}/change/").text
    assert f"{ADD}?number=7" in offered
    assert 'value="7"' in officer.get(ADD, {"number": 7}).text
    assert "見つかりません" in officer.post(ADD, form | {"partner_number": 8}).text
    page = officer.post(ADD, form | {"partner_number": 7}, follow=True).text
    assert f"/admin/partners/partner/{owner.partner_id}/change/" in page
    listed = officer.get("/admin/inquiries/inquiry/", {"partner_id__exact": owner.partner_id}).text
    assert "株式会社みなと" in listed
    with programme_scope(kanagawa):
        inquiry = Inquiry.objects.get()
        actor = make_person(owner)
        assert (inquiry.user, inquiry.partner_id, inquiry.organisation) == (None, owner.partner_id, "株式会社みなと")
        # Who rang up did not sign in: it is not the organisation's to read.
        assert not Inquiry.objects.visible_to(actor).exists()
        assert not may_see(actor, inquiry)


def test_a_partner_without_a_person_stands_only_on_what_staff_entered(in_kanagawa: Programme) -> None:
    with pytest.raises(IntegrityError, match="inquiry_by_the_public_or_by_a_partner"), transaction.atomic():
        make_inquiry(partner_id=make_partner().pk)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("received_on", "2999-01-01", "今日までの日を入力してください。"),
        ("text", "あ" * 801, "800文字以内で入力してください（今は801文字です）。"),
        ("email", "aoi", "メールアドレス"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    as_staff: Enter, kanagawa: Programme, field: str, value: str, says: str
) -> None:
    page = as_staff(StaffRole.OFFICER).post(ADD, typed(kanagawa, **{field: value})).text
    assert says in page and "佐々木 葵" in page
    with programme_scope(kanagawa):
        assert not Inquiry.objects.exists()


def test_only_officers_enter(in_kanagawa: Programme) -> None:
    for actor in (ANONYMOUS, make_actor(StaffRole.READ_ONLY, in_kanagawa)):
        with pytest.raises(PermissionDenied):
            make_inquiry(on_behalf=BY_PHONE, actor=actor)


def test_only_what_staff_entered_has_no_address(in_kanagawa: Programme) -> None:
    with pytest.raises(IntegrityError, match="inquiry_without_address"), transaction.atomic():
        make_inquiry(asker=Asker(name="佐々木 葵", email=""))
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    inquiry = make_inquiry(asker=Asker(name="佐々木 葵", email=""), on_behalf=BY_PHONE, actor=officer)
    answer_inquiry(inquiry=inquiry, text="はい", actor=officer)
    assert letters(in_kanagawa) == []
