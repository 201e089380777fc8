"""One person's place, by the link in their mails: take an offered one, leave, take that back. No sign-in."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meetings.models import Mode, Seat
from meetings.queries.seats import joining_for, seat_with_token
from meetings.rules import may_undo
from meetings.services.seats import leave_seat, take_offer, undo_leaving
from meetings.states import SeatState
from meetings.views.public import refuse_without_meetings
from portal.web.access import public
from portal.web.forms import sentences_of
from portal.web.links import absolute_url
from portal.web.qr import qr_svg
from portal.web.requests import PortalRequest

DEEDS = {
    "take": (take_offer, gettext_lazy("参加が確定しました。")),
    "leave": (leave_seat, gettext_lazy("取消しを受け付けました。")),
    "undo": (undo_leaving, gettext_lazy("取消しを元に戻しました。")),
}


def check_in_code(seat: Seat, now: datetime) -> SafeString | None:
    """For whoever stands at the door, on the day itself and for who comes in person."""
    is_today = timezone.localdate(seat.meeting.starts_at) == timezone.localdate(now)
    if not (is_today and seat.is_confirmed and seat.mode == Mode.ONSITE):
        return None
    address = absolute_url(reverse("admin:meetings_meeting_check_in", args=[seat.token]))
    return SafeString(qr_svg(address))  # our own drawing


@public
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: PortalRequest, token: str) -> HttpResponse:
    refuse_without_meetings(request)
    seat = seat_with_token(token)
    if seat is None:
        raise Http404
    now = timezone.now()
    if request.method != "POST":
        joining, shown_from = joining_for(seat, now)
        context = {
            "seat": seat, "meeting": seat.meeting, "joining": joining, "shown_from": shown_from,
            "is_on": not seat.meeting.is_cancelled and now < seat.meeting.ends_at,
            "is_late": now >= seat.meeting.closes_at,
            "may_take": seat.is_offered and seat.held_until > now,  # type: ignore[operator]
            "may_undo": seat.state == SeatState.CANCELLED and may_undo(seat.cancelled_at, now),
            "qr": check_in_code(seat, now),
            "asks": request.GET.get("ask") == "leave",
        }  # fmt: skip
        response = render(request, "meetings/place.html", context)
        response["Cache-Control"] = "no-store"
        return response
    deed, done = DEEDS.get(request.POST.get("deed", ""), (None, ""))
    if deed is None:
        raise Http404
    try:
        deed(seat=seat, now=now)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, done)
    return redirect("meetings:place", token)
