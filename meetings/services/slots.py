"""Reservations of consultations: made, changed, cancelled, taken back, by a partner or by staff for it. All of it under
the lock of the consultation's row, so that no place is given twice, and a draw and a cancellation never cross.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Consultation, Reservation, Slot
from meetings.queries.slots import why_not
from meetings.rules import may_undo
from meetings.services.seats import NEWER_SIGN_UP, refuse_who_may_not_take_part
from meetings.services.slot_mails import tell
from meetings.services.steps import Overtaken
from meetings.slots import Phase
from meetings.states import PLACED, RESERVATION_TRANSITIONS, ReservationState
from partners.models import Member
from partners.queries.partners import why_not_take_part
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, MemberRole, only_staff
from portal.web.models import OnBehalf
from portal.web.steps import state_now

APPLIED, CONFIRMED, LOST = ReservationState.APPLIED, ReservationState.CONFIRMED, ReservationState.LOST
CANCELLED, ABSENT = ReservationState.CANCELLED, ReservationState.ABSENT


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody fills in: slots by their numbers."""

    first: int
    second: int | None
    topic: str
    wishes: str = ""


@dataclass(frozen=True, slots=True)
class _Asker:
    """Whose wish it is, and who enters it; `on_behalf` if that is staff."""

    partner_id: int
    user: Any
    actor: Actor
    on_behalf: OnBehalf | None = None
    uses_held: bool = False

    @property
    def marks(self) -> dict[str, Any]:
        """The fields of EnteredOnBehalf: of who entered it last."""
        how = self.on_behalf
        if how is None:
            return {"entered_by": None, "entered_through": "", "entered_because": ""}
        return how.marks(self.actor.user)


def lock_consultation(consultation_id: int) -> Consultation:
    return Consultation.objects.select_for_update(of=("self",)).get(pk=consultation_id)


def locked(reservation: Reservation) -> tuple[Consultation, Reservation]:
    """Both as they are now. The consultation's row alone is locked: whatever changes a reservation locks it first."""
    consultation = lock_consultation(reservation.consultation_id)
    found: Reservation = Reservation.objects.with_all().get(pk=reservation.pk)
    found.consultation = consultation
    return consultation, found


# --- A partner's person, or staff for it ----------------------------------------------------------------------------


@transaction.atomic
def reserve(
    *, consultation_id: int, wish: Wish, actor: Actor, seen: int = 0, now: datetime | None = None
) -> Reservation:
    """Exactly this from now on, whether it is the first time or a change.

    A slot for whoever comes first is given at once; for a lottery the choices wait for the draw. `seen` is the revision
    that was on the page, 0 before there was a reservation: what a colleague did since is not undone.
    """
    refuse_who_may_not_take_part(actor)
    asker = _Asker(actor.place.partner_id, actor.user, actor)
    return _reserve(consultation_id, wish, asker, seen, now or timezone.now())


@transaction.atomic
def enter_reservation(
    *,
    consultation_id: int,
    wish: Wish,
    member_id: int,
    on_behalf: OnBehalf,
    actor: Actor,
    uses_held: bool = False,
    seen: int = 0,
    now: datetime | None = None,
) -> Reservation:
    """代理予約: as `reserve`, for the person who rang up. `uses_held`: with a place that staff hold back, until it begins."""
    only_staff(actor)
    member = Member.objects.active().select_related("partner", "user").filter(pk=member_id).first()
    if member is None:
        raise ValidationError(_("連絡をくださった方を選んでください。"))
    if refusal := why_not_take_part(member.partner):
        raise ValidationError(
            _("この団体は、いま予約できません：%s") % getattr(refusal, "title", _("登録が終わっています"))
        )
    asker = _Asker(member.partner_id, member.user, actor, on_behalf, uses_held)
    return _reserve(consultation_id, wish, asker, seen, now or timezone.now())


def _reserve(consultation_id: int, wish: Wish, asker: _Asker, seen: int, now: datetime) -> Reservation:
    consultation = lock_consultation(consultation_id)
    if not consultation.is_published:
        raise PermissionDenied
    partner_id = asker.partner_id
    held: Reservation | None = Reservation.objects.standing().filter(
        consultation=consultation, partner=partner_id
    ).with_all().first()  # fmt: skip
    if (held.revision if held else 0) != seen:
        if held and _stands_already(held, wish):
            return held
        raise Overtaken(str(NEWER_SIGN_UP), held.revision if held else 0)
    refuse_late_change(held, now)
    slots = {slot.pk: slot for slot in Slot.objects.with_counts().filter(consultation=consultation)}
    first, second = _chosen(wish, slots)
    reservation = held or Reservation(consultation=consultation, partner_id=partner_id, made_by=asker.user, made_at=now)
    before = _facts(reservation)
    if asker.uses_held:
        state, second = _take_held(first, reservation, asker.actor, now), None
    else:
        state, second = _state_for(consultation, reservation, first, second, now)
    if asker.on_behalf:
        reservation.made_by = asker.user
    for name, value in asker.marks.items():
        setattr(reservation, name, value)
    reservation.topic, reservation.wishes = wish.topic, wish.wishes
    reservation.first, reservation.second = first, second
    given = first if state == CONFIRMED else None
    if reservation.slot_id != (given and given.pk):
        reservation.slot, reservation.at, reservation.comment = given, None, ""
    enter(reservation, state, now)
    action = Action.RESERVATION_CHANGED if held else Action.RESERVATION_MADE
    _record(action, reservation, asker.actor, before, asker.on_behalf)
    if asker.on_behalf or _facts(reservation) != before:
        tell(f"meetings.reservation_{state}", reservation, on_behalf=asker.on_behalf)
        fill_places(consultation=consultation, now=now)
    return reservation


@transaction.atomic
def cancel_reservation(
    *, reservation: Reservation, actor: Actor, on_behalf: OnBehalf | None = None, now: datetime | None = None
) -> Reservation:
    """By the partner, or by staff for it. After the slot's closing it says that nobody will come."""
    now = now or timezone.now()
    if on_behalf:
        only_staff(actor)
    else:
        _refuse_strangers(reservation, actor)
    consultation, reservation = locked(reservation)
    if not reservation.is_standing:
        raise ValidationError(_("もう取り消されています。"))
    slot, before = reservation.slot, _facts(reservation)
    if slot and now >= slot.ends_at:
        raise ValidationError(_("この相談は、終わりました。"))
    is_late = slot is not None and now >= slot.closes_at
    if not is_late:
        reservation.cancelled_at = now
    enter(reservation, ABSENT if is_late else CANCELLED, now)
    _record(Action.RESERVATION_MOVED, reservation, actor, before, on_behalf)
    tell("meetings.reservation_left", reservation, on_behalf=on_behalf)
    fill_places(consultation=consultation, now=now)
    return reservation


@transaction.atomic
def undo_cancelling(*, reservation: Reservation, actor: Actor, now: datetime | None = None) -> Reservation:
    """The place, if it is still free; the part in a draw, if it was not held meanwhile."""
    now = now or timezone.now()
    _refuse_strangers(reservation, actor)
    refuse_who_may_not_take_part(actor)
    consultation, reservation = locked(reservation)
    if reservation.state != CANCELLED or not may_undo(reservation.cancelled_at, now):
        raise ValidationError(_("元に戻せる時間（10分）が過ぎました。もう一度お申し込みください。"))
    standing = Reservation.objects.standing().filter(consultation=consultation, partner=reservation.partner_id)
    if standing.exists():
        raise ValidationError(_("もう一度予約されています。"))
    before, slot = _facts(reservation), reservation.slot
    wanted = [slot] if slot else [reservation.first, reservation.second]
    if not consultation.is_published or all(one is None or one.is_called_off for one in wanted):
        raise ValidationError(_("中止になったため、元に戻せません。"))
    if slot is None and consultation.is_drawn:
        raise ValidationError(_("抽選が済んだので、元に戻せません。空いている枠があれば、もう一度お申し込みください。"))
    if slot is not None and not left_in(slot):
        raise ValidationError(_("この枠は、ほかの方に決まりました。空いている枠があれば、もう一度お申し込みください。"))
    reservation.cancelled_at = None
    enter(reservation, CONFIRMED if slot else APPLIED, now)
    _record(Action.RESERVATION_MOVED, reservation, actor, before)
    tell(f"meetings.reservation_{reservation.state}", reservation)
    return reservation


def _refuse_strangers(reservation: Reservation, actor: Actor) -> None:
    if not actor.is_member(MemberRole.EDITOR) or actor.place.partner_id != reservation.partner_id:
        raise PermissionDenied


def refuse_late_change(held: Reservation | None, now: datetime) -> None:
    if held and held.slot and now >= held.slot.closes_at:
        raise ValidationError(
            _("変更の締切を過ぎました。来られなくなったときは、予約のページから欠席をお知らせください。")
        )


def _stands_already(held: Reservation, wish: Wish) -> bool:
    """The second press of the same button. Of a slot that was given at once, no second choice was kept."""
    second = None if held.is_confirmed else wish.second
    asked = (wish.first, second, wish.topic, wish.wishes)
    return asked == (held.first_id, held.second_id, held.topic, held.wishes)


def _chosen(wish: Wish, slots: Mapping[int, Slot]) -> tuple[Slot, Slot | None]:
    if wish.first not in slots or (wish.second is not None and wish.second not in slots):
        raise ValidationError(_("枠を選んでください。"))
    if wish.first == wish.second:
        raise ValidationError(_("第2希望は、第1希望とは別の枠を選んでください。"))
    return slots[wish.first], slots[wish.second] if wish.second is not None else None


def _state_for(
    consultation: Consultation, held: Reservation, first: Slot, second: Slot | None, now: datetime
) -> tuple[ReservationState, Slot | None]:
    """What the choices lead to, and the second choice as far as it matters; refused if they lead nowhere."""
    if held.pk and held.slot_id == first.pk:
        return CONFIRMED, None
    if held.keeps_wishes(first.pk, second.pk if second else None):
        # What it is about was corrected: the part in the draw, or the turn that came of it, stays.
        return ReservationState(held.state), second
    if reason := why_not(first, consultation, now):
        raise ValidationError(reason)
    if first.phase(consultation, now) == Phase.OPEN:
        return CONFIRMED, None
    # Full for now is no reason: until the draw, a place may become free.
    if second and second.phase(consultation, now) not in (Phase.ENTRIES, Phase.OPEN):
        raise ValidationError(why_not(second, consultation, now))
    return APPLIED, second


def _take_held(slot: Slot, reservation: Reservation, actor: Actor, now: datetime) -> ReservationState:
    """Given at once, whatever the slot's closing and its draw say of everybody else's places."""
    if reservation.pk and reservation.slot_id == slot.pk:
        return CONFIRMED
    if not slot.held_left(now):
        raise ValidationError(_("この枠に、取り置きの席はありません。"))
    use_held(slot, actor)
    return CONFIRMED


# --- What happens to a reservation, and to places --------------------------------------------------------------------


def enter(reservation: Reservation, state: ReservationState, now: datetime) -> None:
    if reservation.pk and state not in RESERVATION_TRANSITIONS[ReservationState(reservation.state)]:
        raise ValidationError(state_now(reservation))
    reservation.state, reservation.changed_at = state, now
    reservation.revision += 1
    reservation.save()


def left_in(slot: Slot) -> int:
    return max(slot.places - Reservation.objects.filter(slot=slot, state__in=PLACED).count(), 0)


def use_held(slot: Slot, actor: Actor) -> None:
    """One place that was held back is given. Consultation locked."""
    slot.held -= 1
    slot.save(update_fields=["held"])
    record_event(action=Action.SLOT_HELD, subject=slot, actor=actor.user, changes={"held": (slot.held + 1, slot.held)})


def fill_places(*, consultation: Consultation, now: datetime) -> int:
    """After the draw, places that become free go to those who lost, in the order of the draw. Consultation locked."""
    if not consultation.is_drawn:
        return 0
    lost = list(Reservation.objects.filter(consultation=consultation, state=LOST).with_all().order_by("turn", "id"))
    if not lost:
        return 0
    open_slots = Slot.objects.standing().filter(consultation=consultation, closes_at__gt=now).with_counts()
    left = {slot.pk: slot.places - slot.taken for slot in open_slots}
    moved = 0
    for reservation in lost:
        for slot in (reservation.first, reservation.second):
            if slot and left.get(slot.pk, 0) > 0:
                left[slot.pk] -= 1
                moved += 1
                give(reservation, slot, None, now, "meetings.reservation_moved_up")
                break
    return moved


def give(reservation: Reservation, slot: Slot, actor: Actor | None, now: datetime, message: str) -> None:
    """A place in this slot. Consultation locked, and the place counted by the caller."""
    before = _facts(reservation)
    reservation.slot, reservation.at, reservation.comment = slot, None, ""
    enter(reservation, CONFIRMED, now)
    _record(Action.RESERVATION_MOVED, reservation, actor, before)
    tell(message, reservation)


def _facts(reservation: Reservation) -> dict[str, Any]:
    slot = reservation.slot if reservation.slot_id else None
    second = reservation.second if reservation.second_id else None
    return {
        "state": reservation.state,
        "first": str(reservation.first) if reservation.first_id else "",
        "second": str(second) if second else "",
        "slot": str(slot) if slot else "",
    }


def _record(
    action: Action,
    reservation: Reservation,
    actor: Actor | None,
    before: Mapping[str, Any],
    on_behalf: OnBehalf | None = None,
) -> None:
    after = _facts(reservation)
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    record_event(
        action=action, subject=reservation, actor=actor.user if actor else None, changes=changes,
        reason=on_behalf.reason if on_behalf else "",
    )  # fmt: skip
