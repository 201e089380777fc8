"""What staff do with a meeting, and who is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from meetings.models import JoiningDetails, Meeting, MeetingSettings, ProgrammeItem, Seat
from meetings.rules import ClosingRule, closing_of
from meetings.services import meetings as services
from meetings.services.rounds import send_reminders
from meetings.states import MeetingState
from portal.notices.models import Mailing
from portal.outbox.models import MailAttachment
from portal.tenancy.models import Programme
from portal.web.access import Actor
from tests.factories import make_meeting, make_seat
from tests.mailbox import letters
from tests.meetings.conftest import member_actor

Book = Callable[..., list[Seat]]


def attachment(message: str, to: str) -> str:
    row = MailAttachment.objects.filter(mail__message=message, mail__to=to).latest("id")
    return bytes(row.content).decode().replace("\r\n ", "")


def test_a_meeting_takes_the_programmes_closing_rule(in_kanagawa: Programme, officer: Actor) -> None:
    MeetingSettings.objects.create(closing_days=3)
    meeting = make_meeting(state=MeetingState.DRAFT)
    services.save_meeting(meeting=meeting, actor=officer, fields=["title"])
    assert meeting.closes_at == closing_of(meeting.starts_at, ClosingRule(days_before=3))
    meeting.closing_by_hand = meeting.starts_at
    services.save_meeting(meeting=meeting, actor=officer, fields=["closing_by_hand"])
    assert meeting.closes_at == meeting.starts_at


def test_a_title_that_is_saved_after_a_move_keeps_the_new_closing(in_kanagawa: Programme, officer: Actor) -> None:
    meeting = make_meeting(closing_by_hand=timezone.now() + timedelta(days=1))
    page = Meeting.objects.get(pk=meeting.pk)
    starts_at = meeting.starts_at + timedelta(days=7)
    services.move_meeting(
        meeting=meeting, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), notice="", actor=officer
    )
    page.title = "改め"
    services.save_meeting(meeting=page, actor=officer, fields=["title"])
    meeting.refresh_from_db()
    assert (meeting.title, meeting.starts_at) == ("改め", starts_at)
    assert meeting.closes_at == closing_of(starts_at, ClosingRule())


def test_only_staff_do_it(in_kanagawa: Programme) -> None:
    meeting = make_meeting()
    for deed in (services.publish_meeting, services.duplicate_meeting):
        with pytest.raises(PermissionDenied):
            deed(meeting=meeting, actor=member_actor())


def test_everybody_is_told_of_another_time(book: Book, officer: Actor, in_kanagawa: Programme) -> None:
    meeting = make_meeting(online_capacity=1)
    [_seated], [waiting] = book(meeting, "a@example.jp"), book(meeting, "b@example.jp")
    before = attachment("meetings.confirmed", "a@example.jp")
    starts_at = meeting.starts_at + timedelta(days=7)
    told = services.move_meeting(
        meeting=meeting, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), notice="台風のため", actor=officer
    )
    assert told == 2
    moved = letters(in_kanagawa, "a@example.jp", "meetings.moved")[0]
    assert "台風のため" in moved.text and moved.subject.endswith(f"日時が変わりました：{meeting.title}")
    assert letters(in_kanagawa, waiting.email, "meetings.moved")
    after = attachment("meetings.moved", "a@example.jp")
    assert uid(before) == uid(after)
    assert sequence(after) > sequence(before)
    meeting.refresh_from_db()
    assert meeting.closes_at == closing_of(starts_at, ClosingRule())


def uid(entry: str) -> str:
    return entry.partition("UID:")[2].partition("\r\n")[0]


def sequence(entry: str) -> int:
    return int(entry.partition("SEQUENCE:")[2].partition("\r\n")[0])


def test_everybody_is_told_that_it_does_not_take_place(book: Book, officer: Actor, in_kanagawa: Programme) -> None:
    meeting = make_meeting()
    book(meeting, "a@example.jp")
    services.cancel_meeting(meeting=meeting, reason="会場の都合", actor=officer)
    assert "会場の都合" in letters(in_kanagawa, "a@example.jp", "meetings.called_off")[0].text
    entry = attachment("meetings.called_off", "a@example.jp")
    assert "METHOD:CANCEL" in entry
    assert "STATUS:CANCELLED" in entry
    with pytest.raises(ValidationError):
        services.cancel_meeting(meeting=meeting, reason="もう一度", actor=officer)
    with pytest.raises(ValidationError, match="中止"):
        book(meeting, "b@example.jp")


def test_a_copy_is_a_draft_without_people(officer: Actor) -> None:
    meeting = make_meeting(text="内容", sequence=3)
    ProgrammeItem.objects.create(meeting=meeting, at="13:00", title="開会")
    JoiningDetails.objects.create(meeting=meeting, url="https://meet.example.jp/j/1")
    make_seat(meeting)
    copy = services.duplicate_meeting(meeting=meeting, actor=officer)
    assert (copy.state, copy.text, copy.sequence) == (MeetingState.DRAFT, "内容", 0)
    assert copy.starts_at == meeting.starts_at + timedelta(weeks=4)
    assert copy.uid != meeting.uid
    assert [item.title for item in copy.items.all()] == ["開会"]
    assert not copy.seats.exists()
    assert not JoiningDetails.objects.filter(meeting=copy).exists()
    assert Meeting.objects.get(pk=meeting.pk).items.count() == 1


def test_an_announcement_is_a_mailing_to_be_read_over(officer: Actor) -> None:
    meeting = make_meeting()
    mailing = services.draft_announcement(meeting=meeting, segment="partners", choice="", actor=officer)
    assert f"/meetings/{meeting.pk}/" in mailing.text
    assert Mailing.objects.get().state == "draft"


@pytest.fixture
def tomorrow(in_kanagawa: Programme) -> Meeting:
    """Two hours before its reminders are due."""
    meeting = make_meeting(starts_at=timezone.now() + timedelta(days=1, hours=2))
    JoiningDetails.objects.create(
        meeting=meeting, url="https://meet.example.jp/j/1", passcode="himitsu", shown_from=timezone.now()
    )
    MeetingSettings.objects.create(reminder_time=timezone.localtime(meeting.starts_at).time())
    return meeting


def test_the_reminder_comes_once_with_the_way_in(tomorrow: Meeting, in_kanagawa: Programme) -> None:
    make_seat(tomorrow, email="a@example.jp")
    make_seat(tomorrow, email="b@example.jp", state="waiting")
    due = tomorrow.starts_at - timedelta(days=1)
    assert send_reminders(now=due - timedelta(seconds=1)) == 0
    assert [send_reminders(now=due), send_reminders(now=due + timedelta(hours=5))] == [1, 0]
    [letter] = letters(in_kanagawa, message="meetings.reminder")
    assert letter.to == "a@example.jp"
    assert "himitsu" in letter.text


def test_the_way_in_is_in_no_mail_before_its_time_and_never_for_who_comes_in_person(
    tomorrow: Meeting, in_kanagawa: Programme
) -> None:
    JoiningDetails.objects.update(shown_from=timezone.now() + timedelta(hours=1))
    make_seat(tomorrow, email="a@example.jp")
    make_seat(tomorrow, email="b@example.jp", mode="onsite")
    send_reminders(now=tomorrow.starts_at - timedelta(hours=1))
    found = letters(in_kanagawa, message="meetings.reminder")
    assert len(found) == 2
    assert not [letter for letter in found if "himitsu" in letter.text or "meet.example.jp" in letter.text]


def test_who_is_confirmed_after_the_reminder_of_the_others_gets_one_too(tomorrow: Meeting) -> None:
    make_seat(tomorrow)
    at = tomorrow.starts_at - timedelta(hours=3)
    assert send_reminders(now=at) == 1
    make_seat(tomorrow)
    assert send_reminders(now=at) == 1
