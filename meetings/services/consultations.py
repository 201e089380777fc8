"""What staff do with consultations and their slots, and with a reservation: its time, a place, whether somebody came."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Consultation, Reservation, Slot
from meetings.queries.meetings import meeting_settings
from meetings.rules import TOKYO, closing_of, reminder_at
from meetings.services.slot_mails import tell
from meetings.services.slots import (
    APPLIED,
    CONFIRMED,
    LOST,
    enter,
    fill_places,
    give,
    left_in,
    lock_consultation,
    locked,
    use_held,
)
from meetings.slots import MOST_SLOTS, Series, slots_of
from meetings.states import MEETING_TRANSITIONS, MeetingState, ReservationState
from partners.models import Activity
from partners.services.records import forget_activity, record_activity
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.rounds import for_each_row
from portal.web.access import Actor, only_staff
from portal.web.steps import refuse_wrong_step, state_now

# A reminder goes out on the day before at the earliest.
REMIND_WITHIN = timedelta(days=2)


@transaction.atomic
def save_consultation(
    *, consultation: Consultation, actor: Actor, fields: Collection[str] = (), now: datetime | None = None
) -> None:
    """A new one, or the named fields of one that exists."""
    only_staff(actor)
    if consultation.pk is None:
        consultation.save()
        return
    before = lock_consultation(consultation.pk)
    if before.is_drawn and {"closes_at", "draw_at"} & set(fields):
        raise ValidationError(_("抽選が済んだので、締切と抽選の日時は変えられません。"))
    if (
        "closes_at" in fields
        and before.is_published
        and before.closes_at
        and before.closes_at <= (now or timezone.now())
    ):
        raise ValidationError({"closes_at": _("申込みを締め切ったあとは、締切を変えられません。")})
    for slot in consultation.slots.filter(mode=Slot.Mode.LOTTERY, called_off_at=None):
        _refuse_undrawable(slot, consultation)
    consultation.save(update_fields=list(fields))


@transaction.atomic
def publish_consultation(*, consultation: Consultation, actor: Actor) -> None:
    only_staff(actor)
    consultation = lock_consultation(consultation.pk)
    if not consultation.slots.filter(called_off_at=None).exists():
        raise ValidationError(_("先に、枠を作ってください。"))
    _enter(consultation, MeetingState.PUBLISHED)
    record_event(action=Action.CONSULTATION_PUBLISHED, subject=consultation, actor=actor.user)


@transaction.atomic
def cancel_consultation(*, consultation: Consultation, reason: str, actor: Actor, now: datetime | None = None) -> int:
    """With everything that is still to come of it. How many reservations."""
    only_staff(actor)
    now = now or timezone.now()
    consultation = lock_consultation(consultation.pk)
    _enter(consultation, MeetingState.CANCELLED)
    coming = consultation.slots.filter(called_off_at=None, ends_at__gt=now)
    coming.update(called_off_at=now, notice=reason)
    record_event(action=Action.CONSULTATION_CANCELLED, subject=consultation, actor=actor.user, reason=reason)
    return _end_reservations(consultation, reason, actor, now)


def _enter(consultation: Consultation, state: MeetingState) -> None:
    refuse_wrong_step(consultation, state, MEETING_TRANSITIONS)
    consultation.state = state
    consultation.save(update_fields=["state"])


# --- Slots -----------------------------------------------------------------------------------------------------------


def _refuse_undrawable(slot: Slot, consultation: Consultation) -> None:
    if not slot.is_lottery or consultation.is_drawn:
        return
    if consultation.draw_at is None:
        raise ValidationError(_("抽選の枠があるので、抽選の申込みの締切と日時を決めてください。"))
    if consultation.draw_at >= slot.closes_at:
        raise ValidationError(_("%s の枠の締切より前に、抽選してください。") % slot)


@transaction.atomic
def save_slot(*, slot: Slot, actor: Actor, fields: Collection[str] = (), now: datetime | None = None) -> None:
    """A new one, or the named fields of one that exists. More places are given to those who wait, at once."""
    only_staff(actor)
    consultation = lock_consultation(slot.consultation_id)
    is_new = slot.pk is None
    if not is_new:
        before = Slot.objects.with_counts().get(pk=slot.pk)
        _take_over(slot, before, fields)
        _refuse_what_was_promised(slot, before, consultation)
    elif slot.is_lottery and consultation.is_drawn:
        raise ValidationError({"mode": _("抽選は済みました。先着順の枠にしてください。")})
    slot.closes_at = closing_of(slot.starts_at, meeting_settings().closing_rule)
    _refuse_undrawable(slot, consultation)
    slot.save(update_fields=None if is_new else [*fields, "closes_at"])
    if not is_new:
        fill_places(consultation=consultation, now=now or timezone.now())


def _take_over(slot: Slot, before: Slot, fields: Collection[str]) -> None:
    """What is not saved is as it stands now, not as it was when the page was made."""
    for field in Slot._meta.concrete_fields:
        if field.name not in fields:
            setattr(slot, field.attname, getattr(before, field.attname))
    if slot.held > slot.capacity:
        raise ValidationError(_("取り置きは、定員までの数にしてください。"))


def _refuse_what_was_promised(slot: Slot, before: Slot, consultation: Consultation) -> None:
    if before.is_called_off:
        raise ValidationError(_("中止した枠は、変えられません。"))
    if slot.places < before.taken:
        raise ValidationError(
            _("予約が%d件あります。定員から取り置きを除いた数は、それより少なくできません。") % before.taken
        )
    is_wanted = before.taken or before.firsts or before.seconds
    times = [(one.starts_at, one.ends_at, one.mode) for one in (slot, before)]
    if is_wanted and times[0] != times[1]:
        raise ValidationError(_("申込みがある枠の、日時と決め方は変えられません。中止して、新しい枠を作ってください。"))


@transaction.atomic
def hold_places(*, slot: Slot, held: int, actor: Actor) -> None:
    only_staff(actor)
    lock_consultation(slot.consultation_id)
    slot = Slot.objects.get(pk=slot.pk)
    if held > slot.capacity:
        raise ValidationError(_("取り置きは、定員までの数にしてください。"))
    before, slot.held = slot.held, held
    save_slot(slot=slot, actor=actor, fields=["held"])
    record_event(action=Action.SLOT_HELD, subject=slot, actor=actor.user, changes={"held": (before, held)})


@transaction.atomic
def add_series(
    *, consultation: Consultation, series: Series, place: str, mode: str, capacity: int, held: int, actor: Actor
) -> tuple[int, int]:
    """How many were made, and how many stood there already: sent twice, nothing is made twice."""
    only_staff(actor)
    consultation = lock_consultation(consultation.pk)
    times = slots_of(series)
    if not times:
        raise ValidationError(_("この条件に合う日がありません。"))
    if len(times) > MOST_SLOTS:
        raise ValidationError(_("一度に作れるのは%(most)d件までです（この条件では%(count)d件）。") % {"most": MOST_SLOTS, "count": len(times)})  # fmt: skip
    there = set(consultation.slots.filter(called_off_at=None, place=place).values_list("starts_at", flat=True))
    rule = meeting_settings().closing_rule
    made = [
        Slot(
            consultation=consultation, starts_at=begin, ends_at=end, place=place, mode=mode, capacity=capacity, held=held,
            closes_at=closing_of(begin, rule),
        )
        for begin, end in times
        if begin not in there
    ]  # fmt: skip
    if mode == Slot.Mode.LOTTERY and consultation.is_drawn:
        raise ValidationError(_("抽選は済みました。先着順の枠にしてください。"))
    for slot in made:
        _refuse_undrawable(slot, consultation)
    Slot.objects.bulk_create(made)
    record_event(action=Action.SLOTS_ADDED, subject=consultation, actor=actor.user, changes={"rows": (None, len(made))})
    return len(made), len(times) - len(made)


@transaction.atomic
def call_off_slot(*, slot: Slot, reason: str, actor: Actor, now: datetime | None = None) -> int:
    """Who has a place in it, or waits for this slot alone, is told. How many."""
    only_staff(actor)
    now = now or timezone.now()
    consultation = lock_consultation(slot.consultation_id)
    slot = Slot.objects.get(pk=slot.pk)
    if slot.is_called_off:
        raise ValidationError(_("もう中止されています。"))
    if slot.ends_at <= now:
        raise ValidationError(_("この枠は、終わりました。"))
    slot.called_off_at, slot.notice = now, reason
    slot.save(update_fields=["called_off_at", "notice"])
    record_event(action=Action.SLOT_CALLED_OFF, subject=slot, actor=actor.user, reason=reason)
    return _end_reservations(consultation, reason, actor, now)


def _end_reservations(consultation: Consultation, reason: str, actor: Actor, now: datetime) -> int:
    """Of everybody whose slot, or whose every choice, is called off."""
    ended = 0
    for reservation in Reservation.objects.standing().filter(consultation=consultation).with_all():
        wanted = [reservation.slot] if reservation.slot else [reservation.first, reservation.second]
        if all(one is None or one.is_called_off for one in wanted):
            before = reservation.state
            reservation.comment = reason
            enter(reservation, ReservationState.CALLED_OFF, now)
            record_event(
                action=Action.RESERVATION_MOVED, subject=reservation, actor=actor.user,
                changes={"state": (before, reservation.state)}, reason=reason,
            )  # fmt: skip
            tell("meetings.reservation_called_off", reservation)
            ended += 1
    return ended


# --- One reservation -------------------------------------------------------------------------------------------------


@transaction.atomic
def set_time(
    *, reservation: Reservation, at: time, comment: str, actor: Actor, now: datetime | None = None
) -> Reservation:
    """Within its slot; again, if another one suits better."""
    only_staff(actor)
    _consultation, reservation = locked(reservation)
    if not reservation.is_confirmed or reservation.slot is None:
        raise ValidationError(state_now(reservation))
    before = reservation.at
    day = reservation.slot.starts_at.astimezone(TOKYO).date()
    reservation.at, reservation.comment = datetime.combine(day, at, TOKYO), comment
    reservation.clean()
    _refuse_crowded_time(reservation, reservation.slot, reservation.at)
    enter(reservation, CONFIRMED, now or timezone.now())
    record_event(
        action=Action.RESERVATION_TIMED, subject=reservation, actor=actor.user, changes={"at": (before, reservation.at)}
    )
    tell("meetings.reservation_timed", reservation)
    return reservation


def _refuse_crowded_time(reservation: Reservation, slot: Slot, at: datetime) -> None:
    """No more at one time than the slot was made for. Consultation locked."""
    length = timedelta(minutes=reservation.consultation.minutes)
    others = Reservation.objects.placed().filter(slot=slot).exclude(pk=reservation.pk)
    meanwhile = others.filter(at__gt=at - length, at__lt=at + length).count()
    if meanwhile >= slot.at_once(length):
        raise ValidationError({"at": _("この時刻には、ほかの団体の相談があります。別の時刻にしてください。")})


@transaction.atomic
def give_place(*, reservation: Reservation, actor: Actor, now: datetime | None = None) -> Reservation:
    """To somebody who waits: the first of their choices where staff may give one, a free one or one that is held back."""
    only_staff(actor)
    now = now or timezone.now()
    consultation, reservation = locked(reservation)
    if reservation.state not in (APPLIED, LOST):
        raise ValidationError(state_now(reservation))
    wanted = wanted_slots(reservation, now)
    slot = next((one for one in wanted if free_to_give(one, consultation) or one.held), None)
    if slot is None:
        raise ValidationError(_("希望の枠に、空きも取り置きもありません。"))
    if not free_to_give(slot, consultation):
        use_held(slot, actor)
    give(reservation, slot, actor, now, "meetings.reservation_confirmed")
    return reservation


def free_to_give(slot: Slot, consultation: Consultation) -> int:
    """Besides those held back. Before the draw a lottery's places belong to the draw."""
    return 0 if slot.is_lottery and not consultation.is_drawn else left_in(slot)


def wanted_slots(reservation: Reservation, now: datetime) -> list[Slot]:
    chosen = (reservation.first, reservation.second)
    return [one for one in chosen if one and not one.is_called_off and now < one.starts_at]


@transaction.atomic
def record_presence(*, reservation: Reservation, came: bool, actor: Actor, now: datetime | None = None) -> Reservation:
    """It goes to the partner's timeline, from which the yearly report is drafted."""
    only_staff(actor)
    now = now or timezone.now()
    _consultation, reservation = locked(reservation)
    if reservation.slot is None or now < reservation.slot.starts_at:
        raise ValidationError(_("相談が始まってから、記録してください。"))
    before = reservation.state
    enter(reservation, ReservationState.DONE if came else ReservationState.ABSENT, now)
    record_event(
        action=Action.RESERVATION_MOVED, subject=reservation, actor=actor.user,
        changes={"state": (before, reservation.state)},
    )  # fmt: skip
    key = f"reservation:{reservation.pk}:done"
    if came:
        record_activity(
            partner=reservation.partner, kind=Activity.Kind.MEETING, title=f"{reservation.consultation.title}を利用",
            key=key, on=timezone.localdate(reservation.slot.starts_at),
            path=reverse("my_meetings:reservation", args=[reservation.pk]),
        )  # fmt: skip
    else:
        forget_activity(partner=reservation.partner, key=key)
    return reservation


def remind_of_reservations(*, now: datetime) -> int:
    """From the reminder's hour on the day before until it begins, once for each time. How many."""
    at, told = meeting_settings().reminder_time, list[int]()
    soon = _unreminded(now).values_list("consultation", "begins")
    due = {consultation for consultation, begins in soon if reminder_at(begins, at) <= now}
    for_each_row(sorted(due), lambda pk: told.append(_remind(pk, at, now)))
    return sum(told)


def _unreminded(now: datetime) -> Any:
    """Those that begin soon and were not reminded of that time: by the decided time, or by their slot's."""
    found = Reservation.objects.confirmed().annotate(begins=Coalesce("at", "slot__starts_at"))
    soon = found.filter(begins__gt=now, begins__lte=now + REMIND_WITHIN)
    return soon.filter(Q(reminded_for=None) | ~Q(reminded_for=F("begins"))).order_by("id")


def _remind(consultation_id: int, at: time, now: datetime) -> int:
    consultation = lock_consultation(consultation_id)
    waiting = _unreminded(now).filter(consultation=consultation).with_all()
    told = [reservation for reservation in waiting if reminder_at(reservation.begins, at) <= now]
    for reservation in told:
        tell("meetings.reservation_reminder", reservation, key=reservation.begins.isoformat())
        reservation.reminded_for = reservation.begins
    Reservation.objects.bulk_update(told, ["reminded_for"])
    return len(told)
