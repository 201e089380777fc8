"""An inquiry from the first text to the last: states, promises, mails, and who may do what."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.audit.models import Action, AuditEvent
from portal.inquiries.models import Inquiry
from portal.inquiries.queries import speed_since, waiting_items
from portal.inquiries.services import answer_inquiry, close_inquiry, write_again
from portal.inquiries.states import TRANSITIONS, InquiryState
from portal.tenancy.models import Programme
from portal.web.access import ANONYMOUS, MemberRole, StaffRole
from tests.factories import make_actor, make_inquiry, make_inquiry_kind, make_member, make_partner, make_person
from tests.mailbox import letters

# A Friday, 10 in the morning in Japan.
FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SECRET = "内緒の相談"


def state_of(inquiry: Inquiry) -> str:
    inquiry.refresh_from_db()
    return inquiry.state


def test_the_promise_counts_open_days(in_kanagawa: Programme) -> None:
    inquiry = make_inquiry(make_inquiry_kind(answer_days=2), now=FRIDAY)
    # Saturday, Sunday and 勤労感謝の日 lie between.
    assert inquiry.answer_by.isoformat() == "2026-11-25"
    assert inquiry.receipt == "Q20261120-001"


def test_a_form_that_is_sent_twice_is_kept_once(in_kanagawa: Programme) -> None:
    key, kind = uuid4(), make_inquiry_kind()
    first, second = (make_inquiry(kind, form_key=key) for _ in range(2))
    assert first == second
    assert first.messages.count() == 1
    assert make_inquiry(kind).receipt.endswith("-002")


def test_a_closed_kind_takes_nothing(in_kanagawa: Programme) -> None:
    with pytest.raises(ValidationError, match="受け付けていません"):
        make_inquiry(make_inquiry_kind(is_open=False))


@pytest.mark.parametrize("text", ["あ" * 801, " \n "])
def test_too_long_and_empty_texts_are_refused(in_kanagawa: Programme, text: str) -> None:
    with pytest.raises(ValidationError):
        make_inquiry(text=text)
    assert not Inquiry.objects.exists()


def test_mails_say_only_that_there_is_something_to_read(in_kanagawa: Programme) -> None:
    inquiry = make_inquiry(text=SECRET)
    answer_inquiry(inquiry=inquiry, text=f"{SECRET}への答え", actor=make_actor(StaffRole.OFFICER, in_kanagawa))
    found = letters(in_kanagawa)
    assert [(one.message, one.to) for one in found] == [
        ("inquiries.received", "aoi@example.jp"),
        ("inquiries.for_office", in_kanagawa.email),
        ("inquiries.answered", "aoi@example.jp"),
    ]
    assert not any(SECRET in one.text + one.subject for one in found)
    assert all(f"/contact/thread/{inquiry.link_token}/" in one.text for one in found[::2])


def test_the_record_holds_no_text(in_kanagawa: Programme) -> None:
    inquiry = make_inquiry(text=SECRET)
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    answer_inquiry(inquiry=inquiry, text="はい", actor=officer)
    write_again(form_key=uuid4(), inquiry=inquiry, text=SECRET, actor=ANONYMOUS)
    close_inquiry(inquiry=inquiry, reason="電話で済みました", actor=officer)
    events = AuditEvent.objects.filter(subject_type="inquiries.inquiry").order_by("id")
    assert [event.action for event in events] == [
        Action.INQUIRY_SENT, Action.INQUIRY_ANSWERED, Action.INQUIRY_CONTINUED, Action.INQUIRY_CLOSED,
    ]  # fmt: skip
    assert not any(SECRET in str(event.changes) + event.reason for event in events)


def test_who_writes_again_waits_again(in_kanagawa: Programme) -> None:
    inquiry = make_inquiry(make_inquiry_kind(answer_days=2), now=FRIDAY)
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    answer_inquiry(inquiry=inquiry, text="はい", actor=officer, closes=True, now=FRIDAY + timedelta(days=5))
    assert state_of(inquiry) == InquiryState.CLOSED
    assert waiting_items() == []
    write_again(form_key=uuid4(), inquiry=inquiry, text="もう一つ", actor=ANONYMOUS, now=FRIDAY + timedelta(days=6))
    assert state_of(inquiry) == InquiryState.WAITING
    assert inquiry.answer_by.isoformat() == "2026-11-30"
    # The figures are about the first answer alone.
    assert inquiry.first_answer_by.isoformat() == "2026-11-25"
    (item,) = waiting_items()
    assert item.since == FRIDAY + timedelta(days=6)


def test_adding_before_the_answer_moves_no_date(in_kanagawa: Programme) -> None:
    inquiry = make_inquiry(now=FRIDAY)
    before = inquiry.answer_by
    write_again(form_key=uuid4(), inquiry=inquiry, text="追記", actor=ANONYMOUS, now=FRIDAY + timedelta(days=1))
    assert state_of(inquiry) == InquiryState.WAITING
    assert inquiry.answer_by == before
    assert inquiry.waiting_since == FRIDAY


def test_closing_twice_is_refused(in_kanagawa: Programme) -> None:
    inquiry, officer = make_inquiry(), make_actor(StaffRole.OFFICER, in_kanagawa)
    close_inquiry(inquiry=inquiry, reason="済み", actor=officer)
    with pytest.raises(ValidationError, match="完了"):
        close_inquiry(inquiry=inquiry, reason="済み", actor=officer)


def test_every_state_has_a_way_on() -> None:
    assert set(TRANSITIONS) == set(InquiryState)
    assert all(TRANSITIONS.values())


@pytest.mark.parametrize("role", [None, StaffRole.READ_ONLY])
def test_only_officers_answer_and_close(in_kanagawa: Programme, role: StaffRole | None) -> None:
    inquiry, actor = make_inquiry(), make_actor(role, in_kanagawa)
    with pytest.raises(PermissionDenied):
        answer_inquiry(inquiry=inquiry, text="はい", actor=actor)
    with pytest.raises(PermissionDenied):
        close_inquiry(inquiry=inquiry, reason="済み", actor=actor)


class TestOfAPartner:
    """A person's own inquiries, and for owners what their people asked."""

    def test_who_sees_it(self, in_kanagawa: Programme) -> None:
        ours, theirs = make_partner(), make_partner(name="NPO法人みなと")
        asker, colleague, owner, stranger = (
            make_person(make_member(role, partner))
            for role, partner in [
                (MemberRole.VIEWER, ours),
                (MemberRole.EDITOR, ours),
                (MemberRole.OWNER, ours),
                (MemberRole.OWNER, theirs),
            ]
        )
        inquiry = make_inquiry(actor=asker)
        seen = [bool(Inquiry.objects.visible_to(one)) for one in (asker, colleague, owner, stranger)]
        assert seen == [True, False, True, False]
        for actor in (colleague, stranger, ANONYMOUS):
            with pytest.raises(PermissionDenied):
                write_again(form_key=uuid4(), inquiry=inquiry, text="横から", actor=actor)

    def test_the_link_leads_to_my_page(self, in_kanagawa: Programme) -> None:
        inquiry = make_inquiry(actor=make_person(make_member()))
        received = letters(in_kanagawa, message="inquiries.received")[0]
        assert f"/mypage/inquiries/{inquiry.pk}/" in received.text
        assert inquiry.link_token not in received.text


def test_the_figures(in_kanagawa: Programme) -> None:
    officer, kind = make_actor(StaffRole.OFFICER, in_kanagawa), make_inquiry_kind(answer_days=2)
    for days in (5, 6, None):
        inquiry = make_inquiry(kind, now=FRIDAY)
        if days:
            answer_inquiry(inquiry=inquiry, text="はい", actor=officer, now=FRIDAY + timedelta(days=days))
    make_inquiry(kind, now=FRIDAY - timedelta(days=100))
    speed = speed_since(90, FRIDAY + timedelta(days=10))
    assert (speed.asked, speed.answered, speed.median_days, speed.in_time, speed.share_in_time) == (3, 2, 2.5, 1, 50)


def test_pressed_twice_it_is_written_once(in_kanagawa: Programme) -> None:
    inquiry, key = make_inquiry(), uuid4()
    for _ in range(2):
        write_again(form_key=key, inquiry=inquiry, text="追記", actor=ANONYMOUS)
    assert inquiry.messages.count() == 2
