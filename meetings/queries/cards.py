"""What My Page shows of meetings: where one goes next, and what one may still sign up for."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Meeting, Seat
from meetings.queries.meetings import lines_of, with_counts
from meetings.queries.seats import bookings_of
from meetings.queries.slots import offered, own_reservations
from meetings.states import STANDING, MeetingState
from portal.tenancy.models import Feature
from portal.web.access import Actor
from portal.web.registry import Card, Due
from portal.web.text import inside_quotes

SHOWN = 3


def card_of(actor: Actor) -> dict[str, Any]:
    """The next meetings that one may come to, and for which nobody of the organisation has signed up."""
    now = timezone.now()
    own = Seat.objects.standing().filter(meeting=OuterRef("pk"), sign_up__partner=actor.place.partner_id)
    open_ones = (
        Meeting.objects.visible_to(actor)
        .upcoming(now)
        .filter(state=MeetingState.PUBLISHED, takes_sign_ups=True, closes_at__gt=now)
        .filter(~Exists(own))
    )
    return {"lines": lines_of(list(with_counts(open_ones)[:SHOWN]), now, "my_meetings:detail")}


def due(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    now = timezone.now()
    coming = bookings_of(actor.place.partner_id).filter(
        meeting__ends_at__gt=now, meeting__state=MeetingState.PUBLISHED, seats__state__in=STANDING
    )
    for sign_up in coming.distinct().order_by("meeting__starts_at")[:SHOWN]:
        meeting, seats = sign_up.meeting, [seat for seat in sign_up.seats.all() if seat.is_standing]
        waits = [seat for seat in seats if not seat.is_confirmed]
        yield Due(
            _("「%s」に参加する") % inside_quotes(meeting.title),
            reverse("my_meetings:booking", args=[meeting.pk]),
            meeting.starts_at,
            note=_("キャンセル待ちの方が%d人います。") % len(waits) if waits else "",
        )


bookings_card = Card(template="meetings/card.html", context=card_of, due=due, feature=Feature.MEETINGS)


def consultations_of(actor: Actor) -> dict[str, Any]:
    return {"consultations": list(offered(timezone.now())[:SHOWN])}


def reservations_due(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    """What is decided, and what waits for a draw."""
    now = timezone.now()
    coming, _past = own_reservations(actor.place.partner_id, now)
    for view in [one for one in coming if one.reservation.is_standing][:SHOWN]:
        reservation = view.reservation
        yield Due(
            _("「%s」の予約") % inside_quotes(reservation.consultation.title),
            reverse("my_meetings:reservation", args=[reservation.pk]),
            view.at if reservation.is_confirmed else reservation.consultation.draw_at,
            note=str(reservation.get_state_display()),
        )


consultations_card = Card(
    template="meetings/slots/card.html", context=consultations_of, due=reservations_due, feature=Feature.MEETINGS
)
