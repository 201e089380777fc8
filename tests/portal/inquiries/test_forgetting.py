"""Closed inquiries: what is personal goes after the programme's years; figures stay; open ones are never touched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.files.models import StoredFile
from portal.inquiries.forgetting import forget_closed_inquiries, years_before
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.inquiries.services import answer_inquiry, close_inquiry
from portal.inquiries.tasks import forget_closed
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Channel, Comment, OnBehalf
from tests.factories import make_actor, make_file, make_inquiry, make_inquiry_kind, make_member, make_person

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
YEARS = 3


@pytest.fixture
def forgetful(kanagawa: Programme, tokyo: Programme) -> Programme:
    kanagawa.inquiry_years = YEARS
    kanagawa.save()
    return kanagawa


def closed(programme: Programme, at: datetime, **options: object) -> Inquiry:
    inquiry = make_inquiry(make_inquiry_kind(), now=at, **options)
    answer_inquiry(inquiry=inquiry, text="答え", actor=make_actor(StaffRole.OFFICER, programme), closes=True, now=at)
    return inquiry


def test_a_leap_day_has_its_years_too() -> None:
    assert years_before(datetime(2028, 2, 29, 3, tzinfo=UTC), 1).date().isoformat() == "2027-02-28"
    assert years_before(NOW, 3) == datetime(2023, 11, 20, 3, tzinfo=UTC)


def test_what_is_personal_goes_and_what_is_counted_stays(forgetful: Programme, tokyo: Programme, visit: Client) -> None:
    edge = years_before(NOW, YEARS)
    with programme_scope(tokyo):
        elsewhere = closed(tokyo, edge - timedelta(days=900))
        forget_closed_inquiries(NOW)
    with programme_scope(forgetful):
        old, young = closed(forgetful, edge - timedelta(seconds=1)), closed(forgetful, edge)
        open_one = make_inquiry(now=edge - timedelta(days=400))
        make_file(old.messages.first(), "attachment")
        author = make_actor(StaffRole.OFFICER, forgetful).user
        Comment.objects.create(subject_type="inquiries.inquiry", subject_id=str(old.pk), author=author, text="佐々木様")
        link = old.link_token
        for _ in range(2):
            forget_closed_inquiries(NOW)
        kept = Inquiry.objects.get(pk=old.pk)
        assert (kept.name, kept.email, kept.answers, kept.forgotten_at) == ("", "", [], NOW)
        assert (kept.receipt, kept.sent_at, bool(kept.first_answered_at)) == (old.receipt, old.sent_at, True)
        assert not (InquiryMessage.objects.filter(inquiry=old).exists() or StoredFile.objects.exists())
        assert not Comment.objects.exists()
        for other in (young, open_one):
            assert Inquiry.objects.get(pk=other.pk).name and other.messages.exists()
        event = AuditEvent.objects.get(action=Action.INQUIRY_FORGOTTEN)
        assert (event.actor, event.subject_id) == (None, str(old.pk))
        with pytest.raises(ValidationError, match="消去"):
            answer_inquiry(inquiry=kept, text="答え", actor=make_actor(StaffRole.OFFICER, forgetful))
    assert visit.get(f"/contact/thread/{link}/").status_code == 410
    with programme_scope(tokyo):
        assert Inquiry.objects.get(pk=elsewhere.pk).name


def test_of_a_partners_person_and_of_the_telephone(forgetful: Programme) -> None:
    long_ago = years_before(NOW, YEARS + 1)
    with programme_scope(forgetful):
        officer = make_actor(StaffRole.OFFICER, forgetful)
        asked = closed(forgetful, long_ago, actor=make_person(make_member()))
        entered = closed(forgetful, long_ago, actor=officer, on_behalf=OnBehalf(Channel.PHONE, "佐々木様より"))
    forget_closed()
    with programme_scope(forgetful):
        asked.refresh_from_db()
        entered.refresh_from_db()
    assert (asked.user_id, asked.partner_id) == (None, None)
    assert (entered.entered_through, entered.entered_because) == (Channel.PHONE, "（消去済み）")


def test_the_years_begin_when_it_is_closed(forgetful: Programme) -> None:
    with programme_scope(forgetful):
        inquiry = make_inquiry(now=years_before(NOW, YEARS + 1))
        close_inquiry(inquiry=inquiry, reason="済み", actor=make_actor(StaffRole.OFFICER, forgetful))
        forget_closed_inquiries(NOW)
        assert Inquiry.objects.get().name


def test_staff_still_find_the_number(forgetful: Programme, as_staff: Callable[..., Client]) -> None:
    with programme_scope(forgetful):
        inquiry = closed(forgetful, years_before(NOW, YEARS + 1))
        forget_closed_inquiries(NOW)
    officer, page = as_staff(StaffRole.OFFICER), f"/admin/inquiries/inquiry/{inquiry.pk}/"
    text = officer.get(f"{page}change/").text
    assert "保存期間を過ぎた内容を消去しました" in text and "/answer/" not in text
    assert officer.get(f"{page}answer/").status_code == 403
