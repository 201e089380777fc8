"""The draw of a consultation, held when its time has come: once, whatever the clock does, and late rather than never."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings.lottery import Entry, draw
from meetings.models import Consultation, Draw, Reservation, Slot
from meetings.queries.draws import as_data
from meetings.services.slot_mails import tell
from meetings.services.slots import CONFIRMED, LOST, enter, lock_consultation
from meetings.states import MeetingState, ReservationState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.rounds import for_each_row


def hold_draws(*, now: datetime) -> None:
    due = Consultation.objects.filter(state=MeetingState.PUBLISHED, drawn_at=None, draw_at__lte=now)
    for_each_row(
        due.order_by("draw_at").values_list("pk", flat=True), lambda pk: hold_draw(consultation_id=pk, now=now)
    )


@transaction.atomic
def hold_draw(*, consultation_id: int, now: datetime | None = None) -> Draw | None:
    """The seed comes into being here, so that nobody can know the result before. None if it is not the time, or was held."""
    now = now or timezone.now()
    consultation = lock_consultation(consultation_id)
    if consultation.is_drawn or not consultation.is_published:
        return None
    if consultation.draw_at is None or now < consultation.draw_at:
        return None
    waiting = Reservation.objects.filter(consultation=consultation, state=ReservationState.APPLIED).with_all()
    reservations = {reservation.pk: reservation for reservation in waiting}
    slots = {slot.pk: slot for slot in Slot.objects.filter(consultation=consultation).with_counts()}
    # After an outage some may have closed: nobody is given a time that cannot be kept.
    open_slots = [slot for slot in slots.values() if not slot.is_called_off and now < slot.closes_at]
    places = {slot.pk: max(slot.places - slot.taken, 0) for slot in open_slots}
    given = {slot.pk: slot.taken for slot in slots.values() if slot.is_lottery and slot.taken}
    entries = [Entry(one.pk, one.first_id, one.second_id) for one in reservations.values()]
    seed = secrets.token_hex(16)
    outcomes = draw(entries, places, seed)
    data = as_data(entries, places, given, outcomes)
    held = Draw.objects.create(consultation=consultation, seed=seed, at=now, data=data)
    consultation.drawn_at = now
    consultation.save(update_fields=["drawn_at"])
    for outcome in outcomes:
        reservation = reservations[outcome.key]
        reservation.turn = outcome.turn
        reservation.slot = slots[outcome.slot] if outcome.slot else None
        enter(reservation, CONFIRMED if outcome.slot else LOST, now)
        tell("meetings.reservation_won" if outcome.slot else "meetings.reservation_lost", reservation)
    won = sum(outcome.slot is not None for outcome in outcomes)
    record_event(
        action=Action.DRAW_HELD, subject=consultation, actor=None,
        changes={"entries": (None, len(outcomes)), "won": (None, won), "seed": (None, seed)},
    )  # fmt: skip
    return held
