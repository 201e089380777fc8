"""Places in a meeting: given, changed, left, offered, taken. All of it under the lock of the meeting's row, so that no
place is given twice and nobody on the waiting list is passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from meetings.models import Meeting, Mode, Seat, SignUp
from meetings.queries.meetings import meeting_settings, why_closed
from meetings.rules import Waiting, may_undo, offer_ends, waiting_order
from meetings.services.consent import is_shared, share_names
from meetings.services.steps import Overtaken
from meetings.services.telling import tell_seat
from meetings.states import SEAT_TRANSITIONS, MeetingState, SeatState
from partners.queries.partners import why_not_take_part
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, MemberRole
from portal.web.steps import refuse_wrong_step

NEWER_SIGN_UP = gettext_lazy(
    "入力のあいだに、この申込みが変わりました。いまの申込みを確かめて、もう一度お進みください。"
)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the sign-up form; `seat` is the place that the person has already."""

    name: str
    email: str
    mode: str
    title: str = ""
    seat: int | None = None

    @property
    def mode_name(self) -> str:
        return str(Mode(self.mode).label)


def lock_meeting(meeting_id: int) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)


# --- An organisation signs up, and changes its mind ------------------------------------------------------------------


@transaction.atomic
def sign_up(
    *,
    meeting_id: int,
    people: Sequence[Person],
    answers: Mapping[str, Any],
    note: str,
    actor: Actor,
    seen: int = 0,
    shares_names: bool = False,
    now: datetime | None = None,
) -> SignUp:
    """Exactly these people from now on: who is new gets a place or waits, who is left out gives theirs back.

    `shares_names`: the host of a joint meeting may read who they are. `seen` is the revision that was on the page, 0
    before anybody signed up: what a colleague did since is not undone.
    `now` is when it was asked for: who waits for the lock at closing time is not late.
    """
    now = now or timezone.now()
    refuse_who_may_not_take_part(actor)
    meeting = Meeting.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=meeting_id).first()
    if meeting is None:
        raise PermissionDenied
    if reason := why_closed(meeting, now):
        raise ValidationError(reason)
    refuse_bad_people(meeting, people)
    booking, is_new = SignUp.objects.get_or_create(
        meeting=meeting, partner_id=actor.place.partner_id, defaults={"made_by": actor.user, "made_at": now}
    )
    standing = list(booking.seats.standing().select_related("sign_up__partner"))
    if booking.revision != seen:
        if is_shared(booking) == shares_names and _stands_already(booking, standing, people, answers, note):
            return booking
        raise Overtaken(str(NEWER_SIGN_UP), booking.revision)
    booking.answers, booking.note, booking.changed_at = dict(answers), note, now
    booking.save()
    share_names(booking=booking, agrees=shares_names, actor=actor)
    _refuse_doubles(meeting, booking, people)
    _seat_exactly(meeting, booking, standing, people, now)
    fill_seats(meeting=meeting, now=now)
    _record(Action.SIGN_UP_MADE if is_new else Action.SIGN_UP_CHANGED, booking, actor, len(people))
    return booking


def _stands_already(
    booking: SignUp, standing: Sequence[Seat], people: Sequence[Person], answers: Mapping[str, Any], note: str
) -> bool:
    """The second press of the same button."""
    asked = {(person.name, person.email.lower(), person.title, person.mode) for person in people}
    stands = {(seat.name, seat.email, seat.title, seat.mode) for seat in standing}
    return asked == stands and (booking.answers, booking.note) == (dict(answers), note)


def refuse_who_may_not_take_part(actor: Actor) -> None:
    if not actor.is_member(MemberRole.EDITOR):
        raise PermissionDenied
    if refusal := actor.place.why_not:
        raise refusal


def refuse_bad_people(meeting: Meeting, people: Sequence[Person]) -> None:
    if not people:
        raise ValidationError(_("参加する方を、1人以上入力してください。"))
    if len(people) > meeting.most_people:
        raise ValidationError(_("1団体%d人までです。") % meeting.most_people)
    if len({person.email.lower() for person in people}) < len(people):
        raise ValidationError(_("同じメールアドレスの方が2人います。お一人ずつのアドレスを入力してください。"))
    if any(person.mode not in meeting.modes for person in people):
        raise ValidationError(_("参加方法を選んでください。"))


def _refuse_doubles(meeting: Meeting, booking: SignUp, people: Sequence[Person]) -> None:
    others = Seat.objects.standing().filter(meeting=meeting).exclude(sign_up=booking)
    if taken := list(
        others.filter(email__in=[person.email.lower() for person in people]).values_list("email", flat=True)
    ):
        raise ValidationError(_("%s の方は、すでに申し込まれています。") % "、".join(taken))


def _seat_exactly(
    meeting: Meeting, booking: SignUp, standing: Sequence[Seat], people: Sequence[Person], now: datetime
) -> None:
    """All that is left is left first: nobody waits for a place that a colleague gives back in the same change.

    A colleague in the same place keeps it; another way of taking part is another place.
    """
    places, coming = _places_of(people, standing), []
    for seat in standing:
        if seat not in places.values():
            _leave(meeting, seat, now)
    for person in people:
        held = places.get(person)
        if held is None:
            coming.append((person, Seat(sign_up=booking, meeting=meeting, since=now), False))
        elif (held.email, held.mode) == (person.email.lower(), person.mode):
            _rename(held, person)
        else:
            keeps = held.mode == person.mode
            new = Seat(sign_up=booking, meeting=meeting, since=held.since if keeps else now)
            coming.append((person, new, keeps and held.is_confirmed))
            _leave(meeting, held, now, is_replaced=True)
    # Who keeps a place is counted before anybody new asks for room.
    for person, new, is_sure in sorted(coming, key=lambda one: not one[2]):
        _give(meeting, new, person, is_sure=is_sure)


def _places_of(people: Sequence[Person], standing: Sequence[Seat]) -> dict[Person, Seat]:
    """By address, in whatever line they stand; a new person in the line of one who does not come takes that place."""
    by_email = {seat.email: seat for seat in standing}
    found = {person: by_email[person.email.lower()] for person in people if person.email.lower() in by_email}
    left = {seat.pk: seat for seat in standing if seat not in found.values()}
    for person in people:
        if person not in found and person.seat in left:
            found[person] = left.pop(person.seat)
    return found


def _rename(seat: Seat, person: Person) -> None:
    if (seat.name, seat.title) != (person.name, person.title):
        seat.name, seat.title = person.name, person.title
        seat.save()


def _give(meeting: Meeting, seat: Seat, person: Person, *, is_sure: bool = False) -> None:
    seat.name, seat.email, seat.title, seat.mode = person.name, person.email.lower(), person.title, person.mode
    seat.language = get_language() or "ja"
    _place(meeting, seat, is_sure=is_sure)


def _place(meeting: Meeting, seat: Seat, *, is_sure: bool = False) -> None:
    """Confirmed if there is room, otherwise on the waiting list."""
    is_confirmed = is_sure or has_room(meeting, seat.mode)
    _enter(seat, SeatState.CONFIRMED if is_confirmed else SeatState.WAITING)
    tell_seat(message="meetings.confirmed" if is_confirmed else "meetings.waiting", seat=seat, meeting=meeting)


def has_room(meeting: Meeting, mode: str) -> bool:
    """A place is free for who comes new only while nobody waits for one."""
    capacity = meeting.capacity(mode)
    if capacity is None:
        return True
    states = list(Seat.objects.standing().filter(meeting=meeting, mode=mode).values_list("state", flat=True))
    return SeatState.WAITING not in states and len(states) < capacity


@transaction.atomic
def cancel_sign_up(*, booking: SignUp, actor: Actor, now: datetime | None = None) -> None:
    """All of the organisation's people; after closing it is a message that they will not come."""
    now = now or timezone.now()
    _refuse_strangers(booking, actor)
    meeting = lock_meeting(booking.meeting_id)
    _refuse_if_over(meeting, now)
    seats = list(booking.seats.standing().select_related("sign_up__partner"))
    if not seats:
        raise ValidationError(_("もう取り消されています。"))
    for seat in seats:
        _leave(meeting, seat, now)
    fill_seats(meeting=meeting, now=now)
    _record(Action.SIGN_UP_CANCELLED, booking, actor, len(seats))


@transaction.atomic
def undo_cancelling(*, booking: SignUp, actor: Actor, now: datetime | None = None) -> None:
    now = now or timezone.now()
    _refuse_strangers(booking, actor)
    refuse_who_may_not_take_part(actor)
    meeting = lock_meeting(booking.meeting_id)
    left = booking.seats.select_related("sign_up__partner").order_by("cancelled_at")
    # Who left twice comes back once.
    seats = {seat.email: seat for seat in left if _may_come_back(seat, now)}
    _come_back(meeting, list(seats.values()), now)
    _record(Action.SIGN_UP_RESTORED, booking, actor, len(seats))


def _refuse_strangers(booking: SignUp, actor: Actor) -> None:
    if not actor.is_member(MemberRole.EDITOR) or actor.place.partner_id != booking.partner_id:
        raise PermissionDenied


# --- One person, by the link in a mail -------------------------------------------------------------------------------


@transaction.atomic
def leave_seat(*, seat: Seat, now: datetime | None = None) -> Seat:
    now = now or timezone.now()
    meeting, seat = _locked(seat)
    _refuse_if_over(meeting, now)
    if not seat.is_standing:
        raise ValidationError(_("もう取り消されています。"))
    _leave(meeting, seat, now)
    fill_seats(meeting=meeting, now=now)
    _record(Action.SEAT_LEFT, seat.sign_up, None, 1)
    return seat


@transaction.atomic
def take_offer(*, seat: Seat, now: datetime | None = None) -> Seat:
    now = now or timezone.now()
    meeting, seat = _locked(seat)
    if seat.state == SeatState.CONFIRMED:
        return seat
    if seat.state != SeatState.OFFERED or seat.held_until is None or seat.held_until <= now:
        raise ValidationError(_("ご案内の期限が過ぎました。席は、次の方にご案内しています。"))
    _refuse_if_over(meeting, now)
    _refuse_whose_partner_may_not(seat)
    _enter(seat, SeatState.CONFIRMED)
    tell_seat(message="meetings.confirmed", seat=seat, meeting=meeting)
    _record(Action.SEAT_TAKEN, seat.sign_up, None, 1)
    return seat


@transaction.atomic
def undo_leaving(*, seat: Seat, now: datetime | None = None) -> Seat:
    now = now or timezone.now()
    meeting, seat = _locked(seat)
    _refuse_whose_partner_may_not(seat)
    _come_back(meeting, [seat] if _may_come_back(seat, now) else [], now)
    _record(Action.SIGN_UP_RESTORED, seat.sign_up, None, 1)
    return seat


def _locked(seat: Seat) -> tuple[Meeting, Seat]:
    """Both as they are now. The meeting's row alone is locked: everything that changes a place locks it first."""
    meeting = lock_meeting(seat.meeting_id)
    return meeting, Seat.objects.select_related("sign_up__partner").get(pk=seat.pk)


def _refuse_whose_partner_may_not(seat: Seat) -> None:
    if refusal := why_not_take_part(seat.sign_up.partner):
        raise refusal


def _refuse_if_over(meeting: Meeting, now: datetime) -> None:
    if meeting.state != MeetingState.PUBLISHED or now >= meeting.ends_at:
        raise ValidationError(_("この会は、終わったか中止になりました。"))


def _may_come_back(seat: Seat, now: datetime) -> bool:
    return seat.state == SeatState.CANCELLED and may_undo(seat.cancelled_at, now)


# --- What happens to a place -----------------------------------------------------------------------------------------


def fill_seats(*, meeting: Meeting, now: datetime) -> None:
    """Places that are free go to those who wait: held for them for a while, or theirs at once. Meeting locked."""
    settings = meeting_settings()
    for mode in meeting.modes:
        waiting = list(Seat.objects.waiting().filter(meeting=meeting, mode=mode).select_related("sign_up__partner"))
        if not waiting:
            continue
        taking = list(Seat.objects.taking().filter(meeting=meeting).values_list("mode", "sign_up__partner"))
        capacity = meeting.capacity(mode)
        free = len(waiting) if capacity is None else capacity - sum(one == mode for one, _partner in taking)
        lines = [Waiting(seat.pk, seat.sign_up.partner_id, seat.since) for seat in waiting]
        order = waiting_order(lines, (partner for _mode, partner in taking), settings.prefers_new)
        seats = {seat.pk: seat for seat in waiting}
        for line in order[: max(free, 0)]:
            _offer(meeting, seats[line.key], settings.offer_hours, now)


def _offer(meeting: Meeting, seat: Seat, hours: int, now: datetime) -> None:
    until = offer_ends(now, hours, meeting.closes_at)
    if until is None or meeting.state != MeetingState.PUBLISHED:
        return
    if hours == 0:
        _enter(seat, SeatState.CONFIRMED)
        tell_seat(message="meetings.confirmed", seat=seat, meeting=meeting)
    else:
        _enter(seat, SeatState.OFFERED, held_until=until)
        tell_seat(message="meetings.offered", seat=seat, meeting=meeting)


@transaction.atomic
def end_offers(*, meeting_id: int, now: datetime | None = None) -> int:
    """What was held for somebody who has not answered goes to the next. How many."""
    now = now or timezone.now()
    meeting = lock_meeting(meeting_id)
    overdue = list(Seat.objects.overdue(now).filter(meeting=meeting).select_related("sign_up__partner"))
    for seat in overdue:
        _enter(seat, SeatState.LAPSED)
        tell_seat(message="meetings.lapsed", seat=seat, meeting=meeting)
        _touch(seat.sign_up_id)
    fill_seats(meeting=meeting, now=now)
    return len(overdue)


def _leave(meeting: Meeting, seat: Seat, now: datetime, *, is_replaced: bool = False) -> None:
    """What another place took the place of cannot be taken back."""
    is_late = seat.state == SeatState.CONFIRMED and now >= meeting.closes_at
    if not is_late and not is_replaced:
        seat.cancelled_at = now
    _enter(seat, SeatState.ABSENT if is_late else SeatState.CANCELLED)
    tell_seat(message="meetings.left", seat=seat, meeting=meeting)


def _come_back(meeting: Meeting, seats: Sequence[Seat], now: datetime) -> None:
    """A place if one is still free; otherwise on the waiting list, where the former time counts. All of one sign-up."""
    _refuse_if_over(meeting, now)
    if not seats:
        raise ValidationError(_("元に戻せる時間（10分）が過ぎました。もう一度お申し込みください。"))
    standing = Seat.objects.standing().filter(meeting=meeting)
    if standing.filter(sign_up=seats[0].sign_up_id).count() + len(seats) > meeting.most_people:
        raise ValidationError(_("1団体%d人までです。") % meeting.most_people)
    for seat in seats:
        if standing.filter(email=seat.email).exists():
            raise ValidationError(_("%s の方は、すでに申し込まれています。") % seat.email)
        seat.cancelled_at = None
        _place(meeting, seat)


def _enter(seat: Seat, state: SeatState, held_until: datetime | None = None) -> None:
    if seat.pk:
        refuse_wrong_step(seat, state, SEAT_TRANSITIONS)
    seat.state, seat.held_until = state, held_until
    seat.sequence += 1
    seat.save()


def _touch(booking_id: int) -> None:
    """Who has the form open is told that something has changed."""
    SignUp.objects.filter(pk=booking_id).update(revision=F("revision") + 1)


def _record(action: Action, booking: SignUp, actor: Actor | None, count: int) -> None:
    _touch(booking.pk)
    record_event(action=action, subject=booking, actor=actor.user if actor else None, changes={"rows": (None, count)})
