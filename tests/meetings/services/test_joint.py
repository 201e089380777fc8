"""Two programmes hold a meeting together: what each knows of the other, and how one list comes about."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import JoiningDetails, JointGuest, JointHost, JointPerson, Meeting, Seat
from meetings.services.attendance import set_attendance
from meetings.services.consent import withdraw_names
from meetings.services.exchange import KEPT, exchange_all
from meetings.services.joint import accept_joint, decline_joint, end_joint, invite_programme, set_guest_attendance
from meetings.services.meetings import cancel_meeting, move_meeting, publish_meeting, save_meeting
from meetings.services.seats import Person, sign_up
from meetings.services.steps import Overtaken
from meetings.states import JointState, MeetingState
from partners.models import Activity
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_meeting, make_partner, make_talk
from tests.meetings.conftest import member_actor

# SQL statements of a round for one joint meeting, its savepoints included.
ROUND = 40


@pytest.fixture
def host(kanagawa: Programme) -> Programme:
    return kanagawa


@pytest.fixture
def guest(tokyo: Programme) -> Programme:
    return tokyo


@pytest.fixture
def officer(host: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, host)


@pytest.fixture
def colleague(guest: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, guest)


def round_of(host: Programme) -> None:
    with programme_scope(host):
        exchange_all(now=timezone.now())


@pytest.fixture
def asked(host: Programme, guest: Programme, officer: Actor) -> JointGuest:
    with programme_scope(host):
        meeting = make_meeting("合同の交流会", text="三つの市と開きます。", online_capacity=10)
        joint = invite_programme(
            meeting=meeting, guest=guest, onsite_places=0, online_places=2, note="ぜひごいっしょに。", actor=officer
        )
    round_of(host)
    return joint


@pytest.fixture
def mirror(asked: JointGuest, host: Programme, guest: Programme, colleague: Actor) -> Meeting:
    with programme_scope(guest):
        made = accept_joint(bond=JointHost.objects.get(), actor=colleague)
        publish_meeting(meeting=made, actor=colleague)
        made.refresh_from_db()
    round_of(host)
    return made


def comes(guest: Programme, meeting: Meeting, name: str, *, agrees: bool) -> Seat:
    with programme_scope(guest):
        people = [Person(name, f"{name}@example.jp", "online", "課長")]
        actor = member_actor(make_partner(name=f"{name}の団体"))
        booking = sign_up(
            meeting_id=meeting.pk, people=people, answers={}, note="", actor=actor, shares_names=agrees
        )  # fmt: skip
        return Seat.objects.get(sign_up=booking)


def listed(host: Programme) -> list[tuple[str, str, str]]:
    with programme_scope(host):
        return list(JointPerson.objects.order_by("id").values_list("organisation", "name", "title"))


def test_from_the_invitation_to_a_meeting_of_ones_own(
    asked: JointGuest, host: Programme, guest: Programme, colleague: Actor
) -> None:
    with programme_scope(guest):
        bond = JointHost.objects.get()
        assert (bond.host, bond.state, bond.facts["note"]) == (host, JointState.ASKED, "ぜひごいっしょに。")
        made = accept_joint(bond=bond, actor=colleague)
        assert (made.title, made.text, made.online_capacity) == ("合同の交流会", "三つの市と開きます。", 2)
        assert (made.state, made.cohost_names) == (MeetingState.DRAFT, [f"主催：{host}"])
        with pytest.raises(ValidationError):
            accept_joint(bond=bond, actor=colleague)
    round_of(host)
    with programme_scope(host):
        assert JointGuest.objects.get().state == JointState.ACCEPTED
        # Each sees its own meeting and nothing else.
        assert Meeting.objects.count() == 1


def test_a_refusal_comes_back_with_its_reason(
    asked: JointGuest, host: Programme, guest: Programme, colleague: Actor
) -> None:
    with programme_scope(guest):
        decline_joint(bond=JointHost.objects.get(), answer="日が重なります。", actor=colleague)
    round_of(host)
    with programme_scope(host):
        joint = JointGuest.objects.get()
        assert (joint.state, joint.answer, joint.is_settled) == (JointState.DECLINED, "日が重なります。", True)


def test_names_go_across_only_after_consent(mirror: Meeting, host: Programme, guest: Programme) -> None:
    comes(guest, mirror, "花子", agrees=True)
    comes(guest, mirror, "健", agrees=False)
    waits = comes(guest, mirror, "葵", agrees=True)
    round_of(host)
    assert listed(host) == [("花子の団体", "花子", "課長"), ("", "", "")]
    with programme_scope(host):
        assert JointGuest.objects.get().waiting == 1
        held = str(list(JointPerson.objects.values()))
        assert "@example.jp" not in held
    # Consent is taken back, and one person leaves: the host's list follows, and nobody stands in it twice.
    with programme_scope(guest):
        assert waits.state == "waiting"
        Seat.objects.filter(name="健").update(state="cancelled")
        Seat.objects.get(name="花子").sign_up.names_consent.delete()
    for _ in range(2):
        round_of(host)
    assert listed(host) == [("", "", "")]


def test_consent_is_taken_back_whenever_one_likes(mirror: Meeting, host: Programme, guest: Programme) -> None:
    seat = comes(guest, mirror, "花子", agrees=True)
    with programme_scope(guest):
        booking, editor = seat.sign_up, member_actor(seat.sign_up.partner)
        with pytest.raises(PermissionDenied):
            withdraw_names(booking=booking, actor=member_actor(make_partner(name="よその団体")))
        # Sent again without the tick, from a page that knows nothing of the first press: not "done already".
        people = [Person(seat.name, seat.email, "online", "課長")]
        with pytest.raises(Overtaken):
            sign_up(meeting_id=mirror.pk, people=people, answers={}, note="", actor=editor)
        Meeting.objects.update(closes_at=timezone.now() - timedelta(days=1))
        withdraw_names(booking=booking, actor=editor)
        assert Seat.objects.confirmed().filter(pk=seat.pk).exists()
        assert AuditEvent.objects.filter(action=Action.SIGN_UP_CHANGED).count() == 1
    round_of(host)
    assert listed(host) == [("", "", "")]


def test_what_the_host_changes_reaches_the_guests_people(
    mirror: Meeting, host: Programme, guest: Programme, officer: Actor
) -> None:
    comes(guest, mirror, "花子", agrees=True)
    later = timezone.now().replace(microsecond=0) + timedelta(days=20)
    with programme_scope(host):
        meeting = Meeting.objects.get()
        meeting.title = "合同の交流会（改め）"
        save_meeting(meeting=meeting, actor=officer, fields=["title"])
        move_meeting(
            meeting=meeting, starts_at=later, ends_at=later + timedelta(hours=2), notice="会場の都合です。",
            actor=officer,
        )  # fmt: skip
        JoiningDetails.objects.create(meeting=meeting, url="https://meet.example.jp/j/1", passcode="1234")
        # Fewer places than were given: nobody loses one.
        JointGuest.objects.update(online_places=0)
    for _ in range(2):
        # The second time nothing is new.
        round_of(host)
    with programme_scope(guest):
        mirror.refresh_from_db()
        assert (mirror.title, mirror.starts_at, mirror.notice) == ("合同の交流会（改め）", later, "会場の都合です。")
        assert mirror.online_capacity == 1
        assert JoiningDetails.objects.get(meeting=mirror).passcode == "1234"
        assert OutgoingMail.objects.filter(message="meetings.moved", to="花子@example.jp").count() == 1
        assert JointHost.objects.get().problem == ""


def ways_in(guest: Programme) -> tuple[object, int]:
    with programme_scope(guest):
        return JointHost.objects.get().facts["joining"], JoiningDetails.objects.count()


@pytest.mark.parametrize("who", ["host", "guest"])
def test_the_way_in_goes_across_after_a_yes_and_is_gone_after_a_no(
    who: str, asked: JointGuest, host: Programme, guest: Programme, officer: Actor, colleague: Actor
) -> None:
    with programme_scope(host):
        JoiningDetails.objects.create(meeting=asked.meeting, url="https://meet.example.jp/j/1", passcode="1234")
    round_of(host)
    assert ways_in(guest) == (None, 0)
    with programme_scope(guest):
        made = accept_joint(bond=JointHost.objects.get(), actor=colleague)
        publish_meeting(meeting=made, actor=colleague)
    # The host hears of it first.
    for _ in range(2):
        round_of(host)
    told, count = ways_in(guest)
    assert "1234" in str(told)
    assert count == 1
    if who == "host":
        with programme_scope(host):
            end_joint(joint=asked, actor=officer)
    else:
        with programme_scope(guest):
            cancel_meeting(meeting=made, reason="台風", actor=colleague)
    round_of(host)
    assert ways_in(guest) == (None, 0)


@pytest.mark.parametrize("how", ["meeting", "joint"])
def test_called_off_by_the_host(how: str, mirror: Meeting, host: Programme, guest: Programme, officer: Actor) -> None:
    comes(guest, mirror, "花子", agrees=True)
    with programme_scope(host):
        if how == "meeting":
            cancel_meeting(meeting=Meeting.objects.get(), reason="台風", actor=officer)
        else:
            end_joint(joint=JointGuest.objects.get(), actor=officer)
    round_of(host)
    with programme_scope(guest):
        mirror.refresh_from_db()
        assert mirror.is_cancelled
        assert JointHost.objects.get().state == JointState.ENDED
        assert OutgoingMail.objects.filter(message="meetings.called_off").count() == 1
    with programme_scope(host):
        assert JointGuest.objects.get().is_settled
    assert listed(host) == []


def test_called_off_before_it_was_published(
    asked: JointGuest, host: Programme, guest: Programme, officer: Actor, colleague: Actor
) -> None:
    with programme_scope(guest):
        accept_joint(bond=JointHost.objects.get(), actor=colleague)
    with programme_scope(host):
        end_joint(joint=asked, actor=officer)
    round_of(host)
    with programme_scope(guest):
        assert not Meeting.objects.exists()
        assert JointHost.objects.get().state == JointState.ENDED


def test_who_was_there_stands_in_the_guests_timeline_and_names_are_not_kept_for_ever(
    mirror: Meeting, host: Programme, guest: Programme, officer: Actor, colleague: Actor
) -> None:
    comes(guest, mirror, "花子", agrees=True)
    round_of(host)
    with programme_scope(host):
        meeting = Meeting.objects.get()
        present = set(JointPerson.objects.values_list("pk", flat=True))
        assert set_guest_attendance(meeting=meeting, present=present, was=(), actor=officer) == 1
    round_of(host)
    with programme_scope(guest):
        assert Seat.objects.get().attended_at
        assert Activity.objects.get().title == "合同の交流会に参加"
        own = comes(guest, mirror, "次郎", agrees=True)
        set_attendance(meeting=mirror, present={own.pk}, was=(), actor=colleague)
    # Ticked by mistake: what the host takes back goes across, what the guest's staff ticked themselves stays.
    with programme_scope(host):
        assert set_guest_attendance(meeting=meeting, present=(), was=present, actor=officer) == 0
    round_of(host)
    with programme_scope(guest):
        assert set(Seat.objects.filter(attended_at__isnull=False)) == {own}
        assert Activity.objects.get().partner == own.sign_up.partner
    with programme_scope(host):
        exchange_all(now=meeting.ends_at + KEPT)
    assert listed(host) == [("花子の団体", "", ""), ("次郎の団体", "", "")]


def test_the_exchange_leaves_what_the_host_records_at_that_moment(
    mirror: Meeting, host: Programme, guest: Programme
) -> None:
    seat = comes(guest, mirror, "花子", agrees=True)
    round_of(host)
    with programme_scope(guest):
        Seat.objects.filter(pk=seat.pk).update(title="部長")
    recorded: list[str] = []

    def record(execute: Any, sql: str, *arguments: Any) -> Any:
        """Between the exchange's reading and its writing."""
        if sql.startswith('UPDATE "meetings_jointperson"') and not recorded:
            recorded.append(sql)
            JointPerson.objects.update(attended_at=timezone.now())
        return execute(sql, *arguments)

    with connection.execute_wrapper(record):
        round_of(host)
    with programme_scope(host):
        person = JointPerson.objects.get()
        assert (person.title, bool(person.attended_at), len(recorded)) == ("部長", True, 1)


def test_what_cannot_follow_is_said_to_both_sides(
    mirror: Meeting, host: Programme, guest: Programme, officer: Actor
) -> None:
    comes(guest, mirror, "花子", agrees=True)
    round_of(host)
    with programme_scope(host):
        meeting = Meeting.objects.get()
        meeting.format, meeting.venue = "onsite", "県民ホール"
        save_meeting(meeting=meeting, actor=officer, fields=["format", "venue"])
        JoiningDetails.objects.create(meeting=meeting, url="https://meet.example.jp/j/1", passcode="1234")
        JointGuest.objects.update(online_places=7)
        JointPerson.objects.update(attended_at=timezone.now())
    round_of(host)
    with programme_scope(host):
        assert "オンラインで参加する方が1人います" in JointGuest.objects.get().problem
    with programme_scope(guest):
        mirror.refresh_from_db()
        assert mirror.format == "online"
        # The rest goes on.
        assert mirror.online_capacity == 7
        assert JoiningDetails.objects.get(meeting=mirror).passcode == "1234"
        assert Seat.objects.get().attended_at


def test_a_draft_on_which_something_hangs_stays_when_the_host_calls_off(
    asked: JointGuest, host: Programme, guest: Programme, officer: Actor, colleague: Actor
) -> None:
    with programme_scope(guest):
        made = accept_joint(bond=JointHost.objects.get(), actor=colleague)
        make_talk(meeting=made)
    with programme_scope(host):
        end_joint(joint=asked, actor=officer)
    round_of(host)
    with programme_scope(guest):
        assert Meeting.objects.get() == made
        bond = JointHost.objects.get()
        assert (bond.state, bond.meeting) == (JointState.ENDED, None)
    with programme_scope(host):
        assert JointGuest.objects.get().is_settled


def test_what_was_is_not_called_off(mirror: Meeting, host: Programme, guest: Programme, officer: Actor) -> None:
    past = timezone.now() - timedelta(hours=1)
    times = {"starts_at": past - timedelta(hours=1), "ends_at": past, "closes_at": past - timedelta(days=1)}
    with programme_scope(host):
        Meeting.objects.update(**times)
        with pytest.raises(ValidationError, match="終わりました"):
            end_joint(joint=JointGuest.objects.get(), actor=officer)
        cancel_meeting(meeting=Meeting.objects.get(), reason="台風", actor=officer)
    with programme_scope(guest):
        Meeting.objects.update(**times)
    round_of(host)
    with programme_scope(guest):
        mirror.refresh_from_db()
        assert not mirror.is_cancelled


def statements_of_a_round(host: Programme) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        round_of(host)
    return [str(query["sql"]) for query in asked]


def test_a_round_without_news_writes_nothing_however_many_come(
    mirror: Meeting, host: Programme, guest: Programme
) -> None:
    with programme_scope(host):
        JoiningDetails.objects.create(meeting=Meeting.objects.get(), url="https://meet.example.jp/j/1", passcode="1234")
        JointGuest.objects.update(online_places=50)
    round_of(host)
    comes(guest, mirror, "花子", agrees=True)
    round_of(host)
    counts = []
    for names in ((), [f"人{number}" for number in range(20)]):
        for name in names:
            comes(guest, mirror, name, agrees=True)
        round_of(host)
        told = statements_of_a_round(host)
        assert [sql for sql in told if sql.startswith(("INSERT", "UPDATE", "DELETE"))] == []
        counts.append(len(told))
    assert len(listed(host)) == 21
    assert counts[0] == counts[1] <= ROUND


def test_after_the_meeting_the_two_are_brought_in_step_once_an_hour(
    mirror: Meeting, host: Programme, guest: Programme
) -> None:
    comes(guest, mirror, "花子", agrees=True)
    with programme_scope(host):
        end = Meeting.objects.get().ends_at
        for minutes, is_its_turn in ((1, True), (2, False), (59, False), (60, True), (24 * 60, True)):
            JointPerson.objects.all().delete()
            exchange_all(now=end + timedelta(minutes=minutes))
            assert JointPerson.objects.exists() == is_its_turn, minutes


def test_nobody_is_asked_to_a_draft(host: Programme, guest: Programme, officer: Actor) -> None:
    with programme_scope(host), pytest.raises(ValidationError):
        invite_programme(
            meeting=make_meeting(state=MeetingState.DRAFT), guest=guest, onsite_places=0, online_places=1, note="",
            actor=officer,
        )  # fmt: skip


def test_whom_one_may_not_ask(host: Programme, guest: Programme, officer: Actor, asked: JointGuest) -> None:
    with programme_scope(host):
        meeting = Meeting.objects.get()
        for whom in (host, guest):
            with pytest.raises(ValidationError):
                invite_programme(
                    meeting=meeting, guest=whom, onsite_places=0, online_places=1, note="", actor=officer
                )  # fmt: skip
