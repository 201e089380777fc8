"""What staff do: series of slots, places held back, times, what is called off, who came, who is reminded."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Consultation, Slot
from meetings.queries.draws import proof_for
from meetings.queries.slots import times_queue
from meetings.services import consultations as services
from meetings.services.draws import hold_draw
from meetings.slots import Series
from meetings.states import MeetingState, ReservationState
from partners.models import Activity
from portal.tenancy.models import Programme
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_consultation, make_reservation, make_slot
from tests.mailbox import letters

CONFIRMED = ReservationState.CONFIRMED
SERIES = Series(date(2031, 7, 1), date(2031, 7, 31), [1], time(9), time(12), minutes=60)


def add(consultation: Consultation, officer: Actor, **fields: object) -> tuple[int, int]:
    usual = {"series": SERIES, "place": "秋葉原", "mode": "first_come", "capacity": 2, "held": 1}
    return services.add_series(consultation=consultation, actor=officer, **(usual | fields))  # type: ignore[arg-type]


def test_a_series_is_made_once(officer: Actor) -> None:
    consultation = make_consultation()
    made, there = add(consultation, officer)
    assert (made, there) == (15, 0)
    assert add(consultation, officer) == (0, 15)
    assert Slot.objects.filter(consultation=consultation, held=1, capacity=2).count() == 15


def test_a_lottery_needs_its_time_before_the_slots_close(officer: Actor) -> None:
    with pytest.raises(ValidationError, match="締切と日時"):
        add(make_consultation(closes_at=None, draw_at=None), officer, mode="lottery")
    slot = make_slot()
    late = make_consultation(closes_at=slot.closes_at, draw_at=slot.closes_at)
    slot.consultation, slot.mode = late, "lottery"
    with pytest.raises(ValidationError, match="より前に"):
        services.save_slot(slot=slot, actor=officer, fields=["mode"])


def test_what_was_promised_is_kept(officer: Actor) -> None:
    slot = make_slot(capacity=2)
    make_reservation(slot, slot=slot, state=CONFIRMED)
    with pytest.raises(ValidationError, match="予約が1件"):
        services.hold_places(slot=slot, held=2, actor=officer)
    slot.starts_at -= timedelta(hours=1)
    with pytest.raises(ValidationError, match="変えられません"):
        services.save_slot(slot=slot, actor=officer, fields=["starts_at"])


def test_only_a_consultation_with_slots_is_published(officer: Actor) -> None:
    empty = make_consultation(state=MeetingState.DRAFT)
    with pytest.raises(ValidationError, match="枠を作って"):
        services.publish_consultation(consultation=empty, actor=officer)
    make_slot(empty)
    services.publish_consultation(consultation=empty, actor=officer)
    empty.refresh_from_db()
    assert empty.is_published


def test_a_time_is_decided_within_the_slot_and_told(officer: Actor, in_kanagawa: Programme) -> None:
    start = timezone.localtime(timezone.now() + timedelta(days=9)).replace(hour=9, minute=0, second=0, microsecond=0)
    slot = make_slot(starts_at=start, ends_at=start + timedelta(hours=7), capacity=5)
    one = make_reservation(slot, slot=slot, state=CONFIRMED)
    assert one.needs_time
    with pytest.raises(ValidationError, match="枠の中"):
        services.set_time(reservation=one, at=time(16), comment="", actor=officer)
    timed = services.set_time(reservation=one, at=time(13, 30), comment="入口でお待ちください。", actor=officer)
    assert not timed.needs_time
    [letter] = letters(in_kanagawa, one.made_by.email)
    assert "13時30分〜14時" in letter.text
    assert "入口でお待ちください。" in letter.text


def test_a_time_fits_into_its_slot_and_is_given_once(officer: Actor) -> None:
    start = timezone.localtime(timezone.now() + timedelta(days=9)).replace(hour=9, minute=0, second=0, microsecond=0)
    slot = make_slot(starts_at=start, ends_at=start + timedelta(hours=2), capacity=4)
    one, other = (make_reservation(slot, slot=slot, state=CONFIRMED) for _ in range(2))
    with pytest.raises(ValidationError, match="終わりまで"):
        services.set_time(reservation=one, at=time(10, 31), comment="", actor=officer)
    services.set_time(reservation=one, at=time(10, 30), comment="", actor=officer)
    for taken in (time(10, 30), time(10, 1)):
        with pytest.raises(ValidationError, match="ほかの団体"):
            services.set_time(reservation=other, at=taken, comment="", actor=officer)
    services.set_time(reservation=other, at=time(10), comment="", actor=officer)
    # The same once more, and where two advisers sit beside each other.
    services.set_time(reservation=other, at=time(10), comment="", actor=officer)
    Slot.objects.update(capacity=8)
    other.refresh_from_db()
    services.set_time(reservation=other, at=time(10, 30), comment="", actor=officer)


def test_what_waits_for_a_time_is_counted_as_it_is_listed(officer: Actor) -> None:
    long, exact = make_slot(), make_slot()
    Slot.objects.filter(pk=long.pk).update(ends_at=long.starts_at + timedelta(hours=2))
    waits, _exact = (make_reservation(slot, slot=slot, state=CONFIRMED) for slot in (long, exact))
    with CaptureQueriesContext(connection) as asked:
        assert times_queue.count() == 1
    assert len(asked) == 1
    assert 'JOIN "partners_partner"' not in asked[0]["sql"]
    assert [item.subject_id for item in times_queue.items()] == [str(waits.pk)]
    waits.refresh_from_db()
    assert waits.needs_time


def test_a_slot_is_saved_over_what_a_colleague_did_meanwhile(officer: Actor) -> None:
    slot = make_slot(capacity=5, held=2)
    stale = Slot.objects.get(pk=slot.pk)
    for _ in range(2):
        make_reservation(slot, slot=slot, state=CONFIRMED)
    services.hold_places(slot=slot, held=3, actor=officer)
    stale.capacity = 4
    with pytest.raises(ValidationError, match="予約が2件"):
        services.save_slot(slot=stale, actor=officer, fields=["capacity"])
    stale = Slot.objects.get(pk=slot.pk)
    stale.held, stale.place = 0, "横浜"
    services.save_slot(slot=stale, actor=officer, fields=["place"])
    slot.refresh_from_db()
    assert (slot.capacity, slot.held, slot.place) == (5, 3, "横浜")
    stale.capacity, stale.held = 2, 0
    Slot.objects.filter(pk=slot.pk).update(held=3)
    with pytest.raises(ValidationError, match="定員まで"):
        services.save_slot(slot=stale, actor=officer, fields=["capacity"])


def test_a_slot_is_called_off_and_everybody_told_who_has_no_other(officer: Actor, in_kanagawa: Programme) -> None:
    slot = make_slot(mode="lottery")
    other = make_slot(slot.consultation)
    only, both = make_reservation(slot), make_reservation(slot, other)
    assert services.call_off_slot(slot=slot, reason="台風のため", actor=officer) == 1
    only.refresh_from_db()
    both.refresh_from_db()
    assert (only.state, both.state) == (ReservationState.CALLED_OFF, ReservationState.APPLIED)
    assert "台風のため" in letters(in_kanagawa, only.made_by.email)[0].text
    assert services.cancel_consultation(consultation=slot.consultation, reason="中止", actor=officer) == 1


def test_a_held_place_is_given_to_somebody_who_waits(officer: Actor) -> None:
    slot = make_slot(mode="lottery", held=1)
    one = services.give_place(reservation=make_reservation(slot), actor=officer)
    slot.refresh_from_db()
    assert (one.slot, one.state, slot.held) == (slot, CONFIRMED, 0)
    with pytest.raises(ValidationError, match="取り置きもありません"):
        services.give_place(reservation=make_reservation(slot), actor=officer)


def test_before_the_draw_nobody_is_given_a_place_of_the_lottery(officer: Actor) -> None:
    slot = make_slot(mode="lottery", capacity=3, held=1)
    favourite, next_one, _other = (make_reservation(slot) for _ in range(3))
    services.give_place(reservation=favourite, actor=officer)
    with pytest.raises(ValidationError, match="取り置きもありません"):
        services.give_place(reservation=next_one, actor=officer)
    assert slot.consultation.draw_at
    held = hold_draw(consultation_id=slot.consultation_id, now=slot.consultation.draw_at)
    assert held and held.data["places"] == {str(slot.pk): 2} and held.data["given"] == {str(slot.pk): 1}
    next_one.refresh_from_db()
    proof = proof_for(next_one)
    assert proof and "抽選の前に取り置きから" in proof.reasons[1]


def test_a_closing_that_has_passed_is_not_moved(officer: Actor) -> None:
    one = make_consultation()
    passed = one.closes_at
    assert passed
    one.closes_at = passed + timedelta(minutes=10)
    with pytest.raises(ValidationError, match="締め切ったあと"):
        services.save_consultation(consultation=one, actor=officer, fields=["closes_at"], now=passed)
    services.save_consultation(consultation=one, actor=officer, fields=["closes_at"], now=passed - timedelta(seconds=1))
    draft = make_consultation(state=MeetingState.DRAFT)
    services.save_consultation(consultation=draft, actor=officer, fields=["closes_at"], now=passed + timedelta(days=9))


def test_who_came_stands_on_the_timeline(officer: Actor) -> None:
    slot = make_slot(starts_at=timezone.now() - timedelta(hours=1))
    one = make_reservation(slot, slot=slot, state=CONFIRMED)
    services.record_presence(reservation=one, came=True, actor=officer)
    assert Activity.objects.get(partner=one.partner).title == "専門家カウンセリングを利用"
    services.record_presence(reservation=one, came=False, actor=officer)
    assert not Activity.objects.filter(partner=one.partner).exists()
    early = make_slot()
    with pytest.raises(ValidationError, match="始まってから"):
        services.record_presence(
            reservation=make_reservation(early, slot=early, state=CONFIRMED), came=True, actor=officer
        )


def test_a_reminder_goes_out_once_for_each_time(in_kanagawa: Programme) -> None:
    slot = make_slot(starts_at=timezone.now() + timedelta(days=5))
    make_reservation(slot, slot=slot, state=CONFIRMED)
    assert services.remind_of_reservations(now=slot.starts_at - timedelta(days=2)) == 0
    soon = slot.starts_at - timedelta(minutes=5)
    assert [services.remind_of_reservations(now=soon) for _ in range(2)] == [1, 0]


def test_only_staff(in_kanagawa: Programme) -> None:
    with pytest.raises(PermissionDenied):
        services.hold_places(slot=make_slot(), held=0, actor=make_actor(StaffRole.READ_ONLY, in_kanagawa))
