"""Reads of places: an organisation's bookings, who comes to a meeting, what a participant is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import JoiningDetails, Meeting, Mode, Seat, SignUp
from meetings.models.meetings import MeetingQuerySet
from meetings.queries.meetings import meeting_settings
from meetings.rules import may_undo, reminder_at
from meetings.states import SeatState
from portal.web.registry import Receiver, Segment

if TYPE_CHECKING:
    from django.db.models import QuerySet


def joining_for(seat: Seat, now: datetime) -> tuple[JoiningDetails | None, datetime | None]:
    """The way in, and from when it is shown. Only for who takes part online, for sure; until then nothing of it."""
    if seat.mode != Mode.ONLINE or seat.state != SeatState.CONFIRMED or seat.meeting.is_cancelled:
        return None, None
    joining = JoiningDetails.objects.filter(meeting=seat.meeting_id).first()
    if joining is None:
        return None, None
    shown_from = joining.shown_from or reminder_at(seat.meeting.starts_at, meeting_settings().reminder_time)
    return (joining if shown_from <= now else None), shown_from


@dataclass(frozen=True)
class Booking:
    """A sign-up as its organisation sees it."""

    sign_up: SignUp
    meeting: Meeting
    seats: Sequence[Seat]
    may_change: bool
    may_cancel: bool
    may_undo: bool

    @property
    def standing(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.is_standing]

    @property
    def is_late(self) -> bool:
        """To cancel is now to say that one will not come."""
        return self.may_cancel and not self.may_change


def bookings_of(partner_id: int) -> "QuerySet[SignUp]":
    """Two queries, however many."""
    seats = Prefetch("seats", queryset=Seat.objects.order_by("id"))
    return SignUp.objects.filter(partner=partner_id).select_related("meeting").prefetch_related(seats)


def seats_of(meeting: Meeting, partner_id: int) -> list[Seat]:
    """The standing places of an organisation, with its sign-up. One query."""
    found = Seat.objects.standing().filter(meeting=meeting, sign_up__partner=partner_id)
    return list(found.select_related("sign_up").order_by("id"))


def with_revision(meetings: MeetingQuerySet, partner_id: int) -> MeetingQuerySet:
    """Each with the revision of the organisation's sign-up, in the same query; 0 before there is one."""
    own = SignUp.objects.filter(meeting=OuterRef("pk"), partner=partner_id).values("revision")
    return meetings.annotate(revision=Coalesce(Subquery(own), 0))


def booking_view(sign_up: SignUp, now: datetime) -> Booking:
    meeting, seats = sign_up.meeting, list(sign_up.seats.all())
    for seat in seats:
        seat.meeting = meeting
    stands = any(seat.is_standing for seat in seats)
    is_on = not meeting.is_cancelled and now < meeting.ends_at
    return Booking(
        sign_up,
        meeting,
        seats,
        may_change=is_on and now < meeting.closes_at,
        may_cancel=is_on and stands,
        may_undo=is_on
        and any(seat.state == SeatState.CANCELLED and may_undo(seat.cancelled_at, now) for seat in seats),
    )


def seat_with_token(token: str) -> Seat | None:
    return Seat.objects.select_related("meeting", "sign_up__partner").filter(token=token).first()


def participants(meeting_id: str) -> list[Receiver]:
    """Whom a mail to a meeting's participants reaches: who has a place for sure."""
    seats = Seat.objects.confirmed().filter(meeting=int(meeting_id)).order_by("id")
    return [Receiver(*row) for row in seats.values_list("email", "name", "sign_up__partner__name")]


def places_of(meeting_id: str, user: Any) -> "QuerySet[Seat]":
    return Seat.objects.confirmed().filter(meeting=int(meeting_id), email=user.email)


def waiting_people(meeting_id: str) -> list[Receiver]:
    seats = Seat.objects.waiting().filter(meeting=int(meeting_id)).order_by("since", "id")
    return [Receiver(*row) for row in seats.values_list("email", "name", "sign_up__partner__name")]


def waiting_places_of(meeting_id: str, user: Any) -> "QuerySet[Seat]":
    return Seat.objects.waiting().filter(meeting=int(meeting_id), email=user.email)


def meeting_choices() -> list[tuple[str, str]]:
    """The newest that have anybody."""
    found = Meeting.objects.announced().filter(seats__isnull=False).distinct().order_by("-starts_at")[:50]
    return [
        (str(meeting.pk), f"{meeting.title}（{timezone.localtime(meeting.starts_at):%Y-%m-%d}）") for meeting in found
    ]


SEGMENTS = {
    "meetings.participants": Segment(_("交流会・セミナーの参加者"), meeting_choices, participants, places_of),
    "meetings.waiting": Segment(
        _("交流会・セミナーのキャンセル待ちの方"), meeting_choices, waiting_people, waiting_places_of
    ),
}
