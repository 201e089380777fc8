"""Places of consultations that many want at the same moment, over real connections."""

from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.models import Draw, Reservation, Slot
from meetings.services.draws import hold_draw
from meetings.services.slots import Wish, cancel_reservation, reserve
from meetings.states import ReservationState
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.factories import make_partner, make_programme, make_reservation, make_slot
from tests.meetings.conftest import member_actor
from tests.races.together import AT_ONCE, at_once

CONFIRMED, LOST, CANCELLED = ReservationState.CONFIRMED, ReservationState.LOST, ReservationState.CANCELLED


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    make_programme("tokyo")
    return make_programme("kanagawa")


def states() -> list[str]:
    return list(Reservation.objects.order_by("id").values_list("state", flat=True))


def test_the_last_places_of_a_slot(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        slot = make_slot(capacity=4, held=1)
        actors = [member_actor(make_partner(name=f"団体{number}")) for number in range(24)]
    wish = Wish(slot.pk, None, "相談")
    done = at_once(
        kanagawa,
        *(
            lambda actor=actor: reserve(consultation_id=slot.consultation_id, wish=wish, actor=actor)  # type: ignore[misc]
            for actor in actors
        ),
    )
    assert done.count(True) == 3
    with programme_scope(kanagawa):
        assert states() == [CONFIRMED] * 3


def test_two_of_an_organisation_make_one_reservation(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        slot, partner = make_slot(capacity=9), make_partner()
        actors = [member_actor(partner) for _ in range(AT_ONCE)]
    wish = Wish(slot.pk, None, "相談")
    deeds = [
        lambda actor=actor: reserve(consultation_id=slot.consultation_id, wish=wish, actor=actor)  # type: ignore[misc]
        for actor in actors
    ]
    assert all(at_once(kanagawa, *deeds))
    with programme_scope(kanagawa):
        assert states() == [CONFIRMED]


def test_draws_and_cancellations_cross(kanagawa: Programme) -> None:
    """The draw is held once; who cancelled has no place, every place is given, and everybody is told one result."""
    for _round in range(4):
        with programme_scope(kanagawa):
            slot = make_slot(mode=Slot.Mode.LOTTERY, capacity=3)
            made = [make_reservation(slot) for _ in range(8)]
            leaving = [(one, member_actor(one.partner)) for one in made[:3]]
            at = timezone.now() + timedelta(days=4)
        draws = [lambda slot=slot, at=at: hold_draw(consultation_id=slot.consultation_id, now=at)] * 3  # type: ignore[misc]
        cancels = [
            lambda one=one, actor=actor: cancel_reservation(reservation=one, actor=actor)  # type: ignore[misc]
            for one, actor in leaving
        ]
        assert all(at_once(kanagawa, *draws, *cancels))
        with programme_scope(kanagawa):
            Draw.objects.get(consultation=slot.consultation)
            found = list(Reservation.objects.filter(consultation=slot.consultation).values_list("state", flat=True))
            assert (found.count(CANCELLED), found.count(CONFIRMED), found.count(LOST)) == (3, 3, 2)
            mails = OutgoingMail.objects.filter(about_type="meetings.reservation")
            for one in made[3:]:
                result = ["meetings.reservation_won", "meetings.reservation_lost"]
                assert mails.filter(about_id=str(one.pk), message__in=result).count() == 1
