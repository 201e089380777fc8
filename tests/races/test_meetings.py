"""Many who want the same places at the same moment, over real connections."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from meetings.models import Meeting, Seat
from meetings.services.meetings import cancel_meeting, save_meeting
from meetings.services.seats import Person, end_offers, leave_seat, sign_up, take_offer
from meetings.states import TAKING, SeatState
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_meeting, make_partner, make_programme, make_seat
from tests.meetings.conftest import member_actor
from tests.races.together import AT_ONCE, at_once

CONFIRMED, WAITING, OFFERED = SeatState.CONFIRMED, SeatState.WAITING, SeatState.OFFERED


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    make_programme("tokyo")
    return make_programme("kanagawa")


def booking(meeting: Meeting, actor: Actor, email: str) -> Callable[[], Any]:
    person = Person(email, email, "online")
    return lambda: sign_up(meeting_id=meeting.pk, people=[person], answers={}, note="", actor=actor)


def states(meeting: Meeting) -> list[str]:
    return list(Seat.objects.filter(meeting=meeting).values_list("state", flat=True))


def test_sixty_people_for_ten_places(kanagawa: Programme) -> None:
    """By the service alone; tests/races/test_two_web_processes.py sends them through two sites."""
    with programme_scope(kanagawa):
        meeting = make_meeting(online_capacity=10)
        actors = [member_actor(make_partner(name=f"団体{number}")) for number in range(60)]
    deeds = [booking(meeting, actor, f"p{number}@example.jp") for number, actor in enumerate(actors)]
    assert all(at_once(kanagawa, *deeds))
    with programme_scope(kanagawa):
        found = states(meeting)
        assert (found.count(CONFIRMED), found.count(WAITING), len(found)) == (10, 50, 60)
        # Whoever waits next in the order of time is asked next, one for each place that becomes free.
        order = list(Seat.objects.waiting().order_by("since", "id").values_list("pk", flat=True))
        for seat in Seat.objects.confirmed().order_by("id")[:3]:
            leave_seat(seat=seat)
        assert set(Seat.objects.filter(state=OFFERED).values_list("pk", flat=True)) == set(order[:3])


def test_one_person_named_by_many_has_one_place(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting()
        actors = [member_actor(make_partner(name=f"団体{number}")) for number in range(AT_ONCE)]
    results = at_once(kanagawa, *(booking(meeting, actor, "same@example.jp") for actor in actors))
    assert results.count(True) == 1
    with programme_scope(kanagawa):
        assert states(meeting) == [CONFIRMED]


def test_two_of_an_organisation_make_one_booking(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        meeting, partner = make_meeting(online_capacity=1), make_partner()
        actors = [member_actor(partner) for _ in range(4)]
    assert all(at_once(kanagawa, *(booking(meeting, actor, "same@example.jp") for actor in actors)))
    with programme_scope(kanagawa):
        assert states(meeting).count(CONFIRMED) == 1
        assert meeting.sign_ups.count() == 1


def test_leaving_and_the_end_of_an_offer_cross(kanagawa: Programme) -> None:
    """The person takes the offer, gives it up, and its time ends: one of the three happens, and the next is asked once."""
    for _round in range(5):
        with programme_scope(kanagawa):
            meeting = make_meeting(online_capacity=1)
            until = timezone.now() + timedelta(hours=1)
            held = make_seat(meeting, state=OFFERED, held_until=until)
            following = make_seat(meeting, state=WAITING)
        at_once(
            kanagawa,
            lambda held=held: take_offer(seat=held),  # type: ignore[misc]
            lambda held=held: leave_seat(seat=held),  # type: ignore[misc]
            lambda meeting=meeting, until=until: end_offers(meeting_id=meeting.pk, now=until),  # type: ignore[misc]
        )
        with programme_scope(kanagawa):
            held.refresh_from_db()
            following.refresh_from_db()
            assert (held.state in TAKING) == (following.state == WAITING)
            assert sum(state in TAKING for state in states(meeting)) == 1
            offers = OutgoingMail.objects.filter(message="meetings.offered", to=following.email).count()
            assert offers == (following.state == OFFERED)


def test_the_last_place_and_a_smaller_room_cross(kanagawa: Programme) -> None:
    for _round in range(5):
        officer = make_actor(StaffRole.OFFICER, kanagawa)
        with programme_scope(kanagawa):
            meeting = make_meeting(online_capacity=2)
            make_seat(meeting)
            smaller = Meeting.objects.get(pk=meeting.pk)
            smaller.online_capacity = 1
            actor = member_actor(make_partner(name="最後の団体"))
        at_once(
            kanagawa,
            booking(meeting, actor, f"last.{meeting.pk}@example.jp"),
            lambda smaller=smaller, officer=officer: save_meeting(  # type: ignore[misc]
                meeting=smaller, actor=officer, fields=["online_capacity"]
            ),
        )
        with programme_scope(kanagawa):
            meeting.refresh_from_db()
            found = states(meeting)
            assert found.count(CONFIRMED) <= (meeting.online_capacity or 0)
            assert (meeting.online_capacity == 1) == (WAITING in found)


def test_who_signs_up_while_it_is_cancelled_is_told_or_refused(kanagawa: Programme) -> None:
    officer = make_actor(StaffRole.OFFICER, kanagawa)
    with programme_scope(kanagawa):
        meeting = make_meeting()
        actors = [member_actor(make_partner(name=f"団体{number}")) for number in range(6)]
    deeds = [booking(meeting, actor, f"p{number}@example.jp") for number, actor in enumerate(actors)]
    at_once(kanagawa, *deeds, lambda: cancel_meeting(meeting=meeting, reason="台風", actor=officer))
    with programme_scope(kanagawa):
        told = OutgoingMail.objects.filter(message="meetings.called_off").count()
        assert told == len(states(meeting))
