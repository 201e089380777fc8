"""Places given, left, offered, taken and given back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Meeting, MeetingSettings, Seat
from meetings.services import seats as services
from meetings.services.meetings import cancel_meeting, move_meeting, save_meeting
from meetings.services.rounds import end_all_offers
from meetings.services.seats import Person
from meetings.services.steps import Overtaken
from meetings.states import SeatState
from partners.models import Partner
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, Membership, Refusal
from tests.factories import make_meeting, make_partner, make_seat
from tests.mailbox import letters
from tests.meetings.conftest import member_actor

CONFIRMED, WAITING, OFFERED = SeatState.CONFIRMED, SeatState.WAITING, SeatState.OFFERED
Book = Callable[..., list[Seat]]


def state_of(seat: Seat) -> str:
    seat.refresh_from_db()
    return seat.state


def test_the_last_place_is_given_and_the_next_person_waits(book: Book, in_kanagawa: Programme) -> None:
    meeting = make_meeting(online_capacity=2)
    first, second, third = book(meeting, "a@example.jp", "b@example.jp", "c@example.jp")
    assert [first.state, second.state, third.state] == [CONFIRMED, CONFIRMED, WAITING]
    told = {(letter.to, letter.message) for letter in letters(in_kanagawa)}
    assert told == {
        ("a@example.jp", "meetings.confirmed"),
        ("b@example.jp", "meetings.confirmed"),
        ("c@example.jp", "meetings.waiting"),
    }


def test_each_mode_has_places_of_its_own(book: Book) -> None:
    meeting = make_meeting(format=Meeting.Format.HYBRID, venue="会議室", onsite_capacity=1)
    assert [seat.state for seat in book(meeting, "a@example.jp", mode="onsite")] == [CONFIRMED]
    assert [seat.state for seat in book(meeting, "b@example.jp", mode="onsite")] == [WAITING]
    assert [seat.state for seat in book(meeting, "c@example.jp", mode="online")] == [CONFIRMED]


def test_a_place_that_becomes_free_is_offered_at_once_to_who_waits_longest(book: Book) -> None:
    meeting = make_meeting(online_capacity=1)
    now = timezone.now()
    [seated] = book(meeting, "a@example.jp", now=now)
    [late] = book(meeting, "c@example.jp", now=now + timedelta(minutes=2))
    [early] = book(meeting, "b@example.jp", now=now + timedelta(minutes=1))
    services.leave_seat(seat=seated, now=now + timedelta(minutes=3))
    assert (state_of(early), state_of(late)) == (OFFERED, WAITING)
    assert early.held_until == now + timedelta(hours=24, minutes=3)
    # Nobody who comes now passes them.
    assert book(meeting, "d@example.jp")[0].state == WAITING


def test_an_offer_is_taken(book: Book, in_kanagawa: Programme) -> None:
    meeting = make_meeting(online_capacity=1)
    [seated], [waiting] = book(meeting, "a@example.jp"), book(meeting, "b@example.jp")
    services.leave_seat(seat=seated)
    services.take_offer(seat=waiting)
    assert state_of(waiting) == CONFIRMED
    services.take_offer(seat=waiting)
    assert len(letters(in_kanagawa, "b@example.jp", "meetings.confirmed")) == 1


def test_an_offer_that_nobody_took_goes_to_the_next(book: Book, in_kanagawa: Programme) -> None:
    meeting = make_meeting(online_capacity=1)
    now = timezone.now()
    [seated] = book(meeting, "a@example.jp")
    [first] = book(meeting, "b@example.jp", now=now)
    [second] = book(meeting, "c@example.jp", now=now + timedelta(seconds=1))
    services.leave_seat(seat=seated, now=now)
    held_until = now + timedelta(hours=24)
    end_all_offers(now=held_until - timedelta(seconds=1))
    assert state_of(first) == OFFERED
    for _round in range(2):
        end_all_offers(now=held_until)
    assert (state_of(first), state_of(second)) == (SeatState.LAPSED, OFFERED)
    with pytest.raises(ValidationError, match="期限が過ぎました"):
        services.take_offer(seat=first, now=held_until)
    assert [one.message for one in letters(in_kanagawa, "b@example.jp")][-1] == "meetings.lapsed"


def test_an_offer_cannot_be_taken_when_its_time_is_over(book: Book) -> None:
    meeting = make_meeting(online_capacity=1)
    now = timezone.now()
    [seated], [waiting] = book(meeting, "a@example.jp"), book(meeting, "b@example.jp")
    services.leave_seat(seat=seated, now=now)
    with pytest.raises(ValidationError):
        services.take_offer(seat=waiting, now=now + timedelta(hours=24))


def test_without_an_hour_to_answer_the_place_is_theirs(book: Book) -> None:
    MeetingSettings.objects.create(offer_hours=0)
    meeting = make_meeting(online_capacity=1)
    [seated], [waiting] = book(meeting, "a@example.jp"), book(meeting, "b@example.jp")
    services.leave_seat(seat=seated)
    assert state_of(waiting) == CONFIRMED


def test_organisations_without_a_place_may_go_first(book: Book) -> None:
    MeetingSettings.objects.create(prefers_new=True, offer_hours=0)
    meeting = make_meeting(online_capacity=2)
    now, seated_partner = timezone.now(), member_actor()
    _seated, second = book(meeting, "a@example.jp", actor=seated_partner), book(meeting, "x@example.jp")[0]
    book(meeting, "a@example.jp", "b@example.jp", actor=seated_partner, seen=1, now=now)
    [new] = book(meeting, "c@example.jp", now=now + timedelta(minutes=1))
    services.leave_seat(seat=second)
    assert state_of(new) == CONFIRMED
    assert Seat.objects.get(email="b@example.jp", state__in=[WAITING, CONFIRMED]).state == WAITING


def test_more_places_go_to_who_waits(book: Book, officer: Actor) -> None:
    meeting = make_meeting(online_capacity=1)
    book(meeting, "a@example.jp")
    [waiting] = book(meeting, "b@example.jp")
    meeting.online_capacity = 5
    save_meeting(meeting=meeting, actor=officer, fields=["online_capacity"])
    assert state_of(waiting) == OFFERED


def test_the_room_cannot_become_smaller_than_its_people(book: Book, officer: Actor) -> None:
    meeting = make_meeting(online_capacity=3)
    book(meeting, "a@example.jp", "b@example.jp")
    meeting.online_capacity = 1
    with pytest.raises(ValidationError, match="2人います"):
        save_meeting(meeting=meeting, actor=officer, fields=["online_capacity"])
    meeting.online_capacity, meeting.format, meeting.venue = 3, Meeting.Format.ONSITE, "会議室"
    with pytest.raises(ValidationError, match="2人います"):
        save_meeting(meeting=meeting, actor=officer, fields=["format", "venue"])


def test_a_person_has_one_place(book: Book) -> None:
    meeting = make_meeting()
    book(meeting, "a@example.jp")
    with pytest.raises(ValidationError, match="すでに申し込まれています"):
        book(meeting, "A@Example.jp")
    with pytest.raises(ValidationError, match="同じメールアドレス"):
        book(meeting, "b@example.jp", "B@example.jp")


def test_the_database_refuses_a_second_place_too(in_kanagawa: Programme) -> None:
    meeting = make_meeting()
    make_seat(meeting, email="a@example.jp")
    with pytest.raises(IntegrityError, match="one_place_per_person_and_meeting"), transaction.atomic():
        make_seat(meeting, email="a@example.jp", state=WAITING)


def test_leaving_can_be_taken_back_for_ten_minutes(book: Book) -> None:
    meeting, now = make_meeting(online_capacity=1), timezone.now()
    [seat] = book(meeting, "a@example.jp")
    services.leave_seat(seat=seat, now=now)
    with pytest.raises(ValidationError, match="10分"):
        services.undo_leaving(seat=seat, now=now + timedelta(minutes=10))
    services.undo_leaving(seat=seat, now=now + timedelta(minutes=9))
    assert state_of(seat) == CONFIRMED


def test_who_takes_back_too_late_for_the_place_waits_at_the_front(book: Book) -> None:
    meeting, now = make_meeting(online_capacity=1), timezone.now()
    [seat] = book(meeting, "a@example.jp", now=now)
    [waiting] = book(meeting, "b@example.jp", now=now)
    services.leave_seat(seat=seat, now=now)
    services.undo_leaving(seat=seat, now=now)
    assert (state_of(seat), state_of(waiting)) == (WAITING, OFFERED)
    services.leave_seat(seat=waiting, now=now)
    assert state_of(seat) == OFFERED


def test_after_closing_leaving_is_an_absence_that_stays(book: Book, in_kanagawa: Programme) -> None:
    meeting = make_meeting()
    [seat] = book(meeting, "a@example.jp")
    services.leave_seat(seat=seat, now=meeting.closes_at)
    assert state_of(seat) == SeatState.ABSENT
    with pytest.raises(ValidationError):
        services.undo_leaving(seat=seat, now=meeting.closes_at)
    assert "欠席のご連絡" in letters(in_kanagawa, message="meetings.left")[0].text


def test_nobody_signs_up_at_twelve(book: Book) -> None:
    meeting = make_meeting()
    assert book(meeting, "a@example.jp", now=meeting.closes_at - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="締め切りました"):
        book(meeting, "b@example.jp", now=meeting.closes_at)


def test_a_change_keeps_gives_and_gives_back(book: Book) -> None:
    meeting, actor = make_meeting(online_capacity=2), member_actor()
    first, second = book(meeting, "a@example.jp", "b@example.jp", actor=actor)
    [other] = book(meeting, "c@example.jp")
    # A colleague comes in place of the first, and the second not at all.
    people = [Person("代理", "d@example.jp", "online", seat=first.pk)]
    services.sign_up(meeting_id=meeting.pk, people=people, answers={}, note="", actor=actor, seen=1)
    assert state_of(first) == state_of(second) == SeatState.CANCELLED
    assert Seat.objects.get(email="d@example.jp").state == CONFIRMED
    assert state_of(other) == OFFERED


def test_who_is_added_does_not_pass_those_who_wait(book: Book) -> None:
    meeting, actor = make_meeting(online_capacity=1), member_actor()
    [first] = book(meeting, "a@example.jp", actor=actor)
    [other] = book(meeting, "c@example.jp")
    change(meeting, actor, Person("新", "d@example.jp", "online"))
    assert state_of(first) == SeatState.CANCELLED
    assert state_of(other) == OFFERED
    assert Seat.objects.get(email="d@example.jp").state == WAITING


def test_another_partners_place_is_not_changed(book: Book) -> None:
    meeting = make_meeting()
    [theirs] = book(meeting, "a@example.jp")
    people = [Person("私", "b@example.jp", "online", seat=theirs.pk)]
    services.sign_up(meeting_id=meeting.pk, people=people, answers={}, note="", actor=member_actor())
    assert state_of(theirs) == CONFIRMED
    with pytest.raises(PermissionDenied):
        services.cancel_sign_up(booking=theirs.sign_up, actor=member_actor())


@pytest.mark.parametrize("place", [{"is_confirmed": False}, {"is_migrated": False}, {"is_suspended": True}])
def test_who_may_not_take_part_does_not_sign_up(book: Book, place: dict[str, bool]) -> None:
    with pytest.raises(Refusal):
        book(make_meeting(), "a@example.jp", actor=member_actor(**place))


def test_a_viewer_and_who_may_not_see_the_meeting_do_not_sign_up(book: Book) -> None:
    with pytest.raises(PermissionDenied):
        book(make_meeting(), "a@example.jp", actor=member_actor(role=MemberRole.VIEWER))
    with pytest.raises(PermissionDenied):
        book(make_meeting(visibility=Meeting.Visibility.INVITED), "a@example.jp")


def test_all_of_an_organisation_cancel_and_come_back(book: Book) -> None:
    meeting, actor = make_meeting(), member_actor(make_partner())
    seats = book(meeting, "a@example.jp", "b@example.jp", actor=actor)
    services.cancel_sign_up(booking=seats[0].sign_up, actor=actor)
    assert {state_of(seat) for seat in seats} == {SeatState.CANCELLED}
    services.undo_cancelling(booking=seats[0].sign_up, actor=actor)
    assert {state_of(seat) for seat in seats} == {CONFIRMED}


def change(meeting: Meeting, actor: Actor, *people: Person, seen: int = 1) -> None:
    services.sign_up(meeting_id=meeting.pk, people=people, answers={}, note="", actor=actor, seen=seen)


def test_what_a_colleague_did_meanwhile_is_not_undone(book: Book) -> None:
    meeting, actor = make_meeting(), member_actor()
    seats = book(meeting, "a@example.jp", "b@example.jp", actor=actor)
    with pytest.raises(Overtaken) as refusal:
        change(meeting, actor, Person("c", "c@example.jp", "online"), seen=0)
    assert refusal.value.revision == 1
    # Nor is somebody who has left since signed up again.
    services.leave_seat(seat=seats[0])
    people = [Person(seat.name, seat.email, "online", seat=seat.pk) for seat in seats]
    with pytest.raises(Overtaken):
        change(meeting, actor, *people)
    assert [state_of(seat) for seat in seats] == [SeatState.CANCELLED, CONFIRMED]


def test_the_second_press_of_the_same_button_is_not_refused(book: Book, in_kanagawa: Programme) -> None:
    meeting, actor = make_meeting(), member_actor()
    for _press in range(2):
        book(meeting, "a@example.jp", actor=actor)
    assert len(letters(in_kanagawa)) == 1


def test_people_may_stand_in_other_lines_than_before(book: Book, in_kanagawa: Programme) -> None:
    meeting, actor = make_meeting(online_capacity=2), member_actor()
    first, second = book(meeting, "a@example.jp", "b@example.jp", actor=actor)
    other = book(meeting, "x@example.jp")[0]
    change(
        meeting, actor,
        Person("b", "b@example.jp", "online", seat=first.pk), Person("c", "c@example.jp", "online", seat=second.pk),
    )  # fmt: skip
    assert (state_of(first), state_of(second), state_of(other)) == (SeatState.CANCELLED, CONFIRMED, OFFERED)
    assert Seat.objects.get(email="c@example.jp").state == WAITING


def test_colleagues_exchange_their_ways_of_taking_part(book: Book) -> None:
    meeting = make_meeting(format=Meeting.Format.HYBRID, venue="会議室", onsite_capacity=1, online_capacity=1)
    actor = member_actor()
    people = [Person("a", "a@example.jp", "online"), Person("b", "b@example.jp", "onsite")]
    change(meeting, actor, *people, seen=0)
    change(meeting, actor, Person("a", "a@example.jp", "onsite"), Person("b", "b@example.jp", "online"))
    assert set(Seat.objects.standing().values_list("email", "mode", "state")) == {
        ("a@example.jp", "onsite", CONFIRMED), ("b@example.jp", "online", CONFIRMED),
    }  # fmt: skip


def test_who_was_replaced_does_not_come_back(book: Book) -> None:
    meeting, actor = make_meeting(), member_actor()
    [seat] = book(meeting, "a@example.jp", actor=actor)
    change(meeting, actor, Person("c", "c@example.jp", "online", seat=seat.pk))
    assert state_of(seat) == SeatState.CANCELLED
    with pytest.raises(ValidationError, match="10分"):
        services.undo_leaving(seat=seat)
    with pytest.raises(ValidationError, match="10分"):
        services.undo_cancelling(booking=seat.sign_up, actor=actor)


def test_coming_back_keeps_the_rules_of_signing_up(book: Book, officer: Actor) -> None:
    meeting, actor = make_meeting(most_people=2), member_actor()
    seats = book(meeting, "a@example.jp", "b@example.jp", actor=actor)
    services.leave_seat(seat=seats[0])
    change(meeting, actor, *(Person(name, f"{name}@example.jp", "online") for name in ("b", "c")), seen=2)
    with pytest.raises(ValidationError, match="1団体2人まで"):
        services.undo_leaving(seat=seats[0])
    services.leave_seat(seat=seats[1])
    cancel_meeting(meeting=meeting, reason="台風", actor=officer)
    with pytest.raises(ValidationError, match="中止"):
        services.undo_leaving(seat=seats[1])
    with pytest.raises(Refusal):
        services.undo_cancelling(booking=seats[1].sign_up, actor=replace(actor, membership=suspended(actor)))


def suspended(actor: Actor) -> Membership:
    return replace(actor.place, is_suspended=True)


def test_who_left_twice_comes_back_once(book: Book) -> None:
    meeting, actor = make_meeting(), member_actor()
    [first] = book(meeting, "a@example.jp", actor=actor)
    services.leave_seat(seat=first)
    change(meeting, actor, Person("a", "a@example.jp", "online"), seen=2)
    services.cancel_sign_up(booking=first.sign_up, actor=actor)
    services.undo_cancelling(booking=first.sign_up, actor=actor)
    assert list(Seat.objects.standing().values_list("email", flat=True)) == ["a@example.jp"]


def test_nobody_who_waits_is_left_without_their_way_of_taking_part(book: Book, officer: Actor) -> None:
    meeting = make_meeting(format=Meeting.Format.HYBRID, venue="会議室", onsite_capacity=1)
    [seated] = book(meeting, "a@example.jp", mode="onsite")
    book(meeting, "b@example.jp", mode="onsite")
    Seat.objects.filter(pk=seated.pk).delete()
    meeting.format = Meeting.Format.ONLINE
    with pytest.raises(ValidationError, match="キャンセル待ち"):
        save_meeting(meeting=meeting, actor=officer, fields=["format"])


def test_a_later_day_wakes_the_waiting_list(book: Book, officer: Actor) -> None:
    meeting = make_meeting(online_capacity=1)
    [seated], [waiting] = book(meeting, "a@example.jp"), book(meeting, "b@example.jp")
    services.leave_seat(seat=seated, now=meeting.closes_at)
    assert state_of(waiting) == WAITING
    move_meeting(
        meeting=meeting, starts_at=meeting.starts_at + timedelta(days=30), ends_at=meeting.ends_at + timedelta(days=30),
        notice="", actor=officer, now=meeting.closes_at,
    )  # fmt: skip
    assert state_of(waiting) == OFFERED


@pytest.mark.parametrize("state", [PartnerState.SUSPENDED, PartnerState.ENDED])
def test_the_mailed_link_gives_nothing_to_an_organisation_that_may_not_take_part(
    state: PartnerState, in_kanagawa: Programme, book: Book
) -> None:
    meeting = make_meeting()
    left = services.leave_seat(seat=book(meeting, "a@example.jp")[0])
    offered = make_seat(meeting, state=OFFERED, held_until=timezone.now() + timedelta(hours=1))
    Partner.objects.update(state=state)
    for deed, held in ((services.undo_leaving, left), (services.take_offer, offered)):
        with pytest.raises(PermissionDenied):
            deed(seat=held)
