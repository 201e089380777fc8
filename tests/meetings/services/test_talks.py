"""From the request to speak to the day on which it was spoken."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from meetings.models import Meeting, Talk
from meetings.queries.talks import board
from meetings.services import talks as services
from meetings.services.meetings import cancel_meeting, move_meeting
from meetings.states import TalkState
from partners.models import Activity
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, Refusal
from tests.factories import make_file, make_meeting, make_member, make_partner, make_talk
from tests.mailbox import letters
from tests.meetings.conftest import member_actor

VALUES = {"title": "屋根の発電", "speaker": "山田 花子", "summary": "発電しています。"}


def schedule(talk: Talk, officer: Actor, **fields: object) -> Talk:
    usual = {"meeting": make_meeting(), "at": None, "materials_due_on": None, "comment": ""} | fields
    return services.schedule_talk(talk=talk, actor=officer, **usual)


def test_each_step_is_told_to_who_asked_and_the_owners(officer: Actor, in_kanagawa: Programme) -> None:
    partner = make_partner()
    asking, owner = member_actor(partner), make_member(MemberRole.OWNER, partner)
    talk = services.ask_to_speak(form_key=uuid4(), values=VALUES, sheet=[], actor=asking)
    services.move_talk(talk=talk, state=TalkState.ACCEPTED, actor=officer)
    schedule(talk, officer, comment="12月はいかがでしょうか。")
    services.move_talk(talk=talk, state=TalkState.CONFIRMED, actor=officer)
    for address in (asking.user.email, owner.user.email):
        subjects = [letter.subject for letter in letters(in_kanagawa, address)]
        assert len(subjects) == 4
        assert "登壇が決まりました" in subjects[-1]
    assert "12月はいかがでしょうか。" not in letters(in_kanagawa, owner.user.email)[1].text


def test_a_sheet_takes_the_place_of_the_summary(in_kanagawa: Programme) -> None:
    actor = member_actor()
    with pytest.raises(ValidationError):
        services.ask_to_speak(form_key=uuid4(), values=VALUES | {"summary": ""}, sheet=[], actor=actor)


def test_who_may_not_take_part_does_not_speak(in_kanagawa: Programme) -> None:
    with pytest.raises(Refusal):
        services.ask_to_speak(form_key=uuid4(), values=VALUES, sheet=[], actor=member_actor(is_suspended=True))
    with pytest.raises(PermissionDenied):
        services.ask_to_speak(form_key=uuid4(), values=VALUES, sheet=[], actor=member_actor(role=MemberRole.VIEWER))


def test_steps_are_not_jumped_over(officer: Actor) -> None:
    talk = make_talk()
    for state in (TalkState.CONFIRMED, TalkState.DONE, TalkState.SCHEDULING):
        with pytest.raises(ValidationError):
            services.move_talk(talk=talk, state=state, actor=officer)
    services.move_talk(talk=talk, state=TalkState.DECLINED, actor=officer, comment="満員のため")
    with pytest.raises(ValidationError):
        services.move_talk(talk=talk, state=TalkState.ACCEPTED, actor=officer)


def test_a_talk_that_was_given_goes_to_the_timeline(officer: Actor) -> None:
    past = make_meeting(starts_at=timezone.now() - timedelta(hours=1))
    talk = make_talk(state=TalkState.CONFIRMED, meeting=past)
    services.move_talk(talk=talk, state=TalkState.DONE, actor=officer)
    assert Activity.objects.get(partner=talk.partner).kind == Activity.Kind.SPEAKING
    early = make_talk(state=TalkState.CONFIRMED, meeting=make_meeting())
    with pytest.raises(ValidationError, match="始まってから"):
        services.move_talk(talk=early, state=TalkState.DONE, actor=officer)


def test_nobody_is_asked_to_speak_at_what_was_called_off_meanwhile(officer: Actor) -> None:
    talk, meeting = make_talk(state=TalkState.ACCEPTED), make_meeting()
    cancel_meeting(meeting=Meeting.objects.get(pk=meeting.pk), reason="台風", actor=officer)
    with pytest.raises(ValidationError):
        schedule(talk, officer, meeting=meeting)


def test_only_the_own_partner_withdraws(officer: Actor) -> None:
    talk = make_talk()
    with pytest.raises(PermissionDenied):
        services.withdraw_talk(talk=talk, actor=member_actor())
    assert services.withdraw_talk(talk=talk, actor=member_actor(talk.partner)).state == TalkState.WITHDRAWN


def test_only_those_whose_materials_are_missing_are_reminded_once(in_kanagawa: Programme) -> None:
    now = timezone.now()
    due = timezone.localdate(now) + timedelta(days=3)
    meeting = make_meeting()
    missing, sent, later = (
        make_talk(state=TalkState.CONFIRMED, meeting=meeting, materials_due_on=day)
        for day in (due, due, due + timedelta(days=1))
    )
    for talk in (missing, sent, later):
        make_member(MemberRole.OWNER, talk.partner)
    make_file(sent, slot=services.SLIDES)
    assert [services.remind_of_materials(now=now) for _ in range(2)] == [1, 0]
    assert [letter.message for letter in letters(in_kanagawa)] == ["meetings.talk_materials"]
    # The next day another one is due.
    assert services.remind_of_materials(now=now + timedelta(days=1)) == 1


def test_speakers_are_told_of_another_day_and_of_the_end_in_their_language(
    officer: Actor, in_kanagawa: Programme
) -> None:
    meeting, partner = make_meeting(), make_partner()
    owner = make_member(MemberRole.OWNER, partner)
    type(owner.user).objects.filter(pk=owner.user_id).update(language="en")
    make_talk(partner, state=TalkState.CONFIRMED, meeting=meeting)
    later = meeting.starts_at + timedelta(days=7)
    move_meeting(meeting=meeting, starts_at=later, ends_at=later + timedelta(hours=1), notice="", actor=officer)
    cancel_meeting(meeting=meeting, reason="台風のため", actor=officer)
    told = OutgoingMail.objects.filter(message="meetings.talk_meeting", to=owner.user.email)
    assert list(told.values_list("language", flat=True)) == ["en", "en"]
    assert "台風のため" in letters(in_kanagawa, message="meetings.talk_meeting")[-1].text


def test_at_a_cancelled_meeting_nobody_speaks(officer: Actor, in_kanagawa: Programme) -> None:
    meeting, due = make_meeting(), timezone.localdate() + timedelta(days=2)
    sure, asked = (
        make_talk(state=state, meeting=meeting, materials_due_on=due)
        for state in (TalkState.CONFIRMED, TalkState.SCHEDULING)
    )
    make_member(MemberRole.OWNER, sure.partner)
    cancel_meeting(meeting=meeting, reason="", actor=officer)
    with pytest.raises(ValidationError, match="中止"):
        services.move_talk(talk=asked, state=TalkState.CONFIRMED, actor=officer)
    assert services.remind_of_materials(now=timezone.now()) == 0
    # They wait for another one on the board.
    assert set(board(timezone.now())[1]) == {sure, asked}


def test_pressed_twice_it_is_asked_once(in_kanagawa: Programme) -> None:
    key, actor = uuid4(), member_actor()
    first, second = (services.ask_to_speak(form_key=key, values=VALUES, sheet=[], actor=actor) for _ in range(2))
    assert first == second
    assert Talk.objects.count() == 1
