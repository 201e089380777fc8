"""For a partner's people: the consultations that are offered, and their own reservations."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.forms.slots import ReservationForm
from meetings.models import Consultation, Reservation
from meetings.queries.draws import proof_for
from meetings.queries.slots import (
    lines_of,
    offered,
    own_reservations,
    reservation_view,
    reservations_of,
    standing_of,
)
from meetings.services import slots as services
from meetings.services.steps import Overtaken
from meetings.states import MeetingState, ReservationState
from meetings.views.public import refuse_without_meetings
from partners.queries.partners import partner_of
from portal.accounts import drafts
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import answers, page_form, sentences_of
from portal.web.requests import PortalRequest

FORM = ["GET", "HEAD", "POST"]
STEPS = [gettext_lazy("入力"), gettext_lazy("内容の確認"), gettext_lazy("申込みの完了")]


@member()
@require_safe
def consultations(request: PortalRequest) -> HttpResponse:
    """What is offered, and what the organisation has reserved."""
    refuse_without_meetings(request)
    now = timezone.now()
    coming, past = own_reservations(request.actor.place.partner_id, now)
    context = {"consultations": offered(now), "coming": coming, "past": past}
    return render(request, "meetings/slots/list.html", context)


@member()
@require_safe
def consultation(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    found, now = _published(pk), timezone.now()
    held = standing_of(found, request.actor.place.partner_id)
    context = {
        "consultation": found,
        "lines": lines_of(found, now),
        "view": held and reservation_view(held, now),
        "may_act": request.actor.is_member(MemberRole.EDITOR),
    }
    return render(request, "meetings/slots/consultation.html", context)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
def reserve(request: PortalRequest, pk: int) -> HttpResponse:
    """Input, confirmation, done; the same form changes a reservation that exists."""
    refuse_without_meetings(request)
    actor, now, found = request.actor, timezone.now(), _published(pk)
    held = standing_of(found, actor.place.partner_id)
    kind: dict[str, Any] = {"lines": lines_of(found, now), "held": held}
    draft = f"meetings.consultation.{pk}"
    first: dict[str, Any] = {"seen": held.revision if held else 0, "first": request.GET.get("slot")}
    kept = drafts.initial(actor, draft, ReservationForm(**kind))
    asked = {name: value for name, value in (first | kept).items() if value not in (None, "")}
    form = page_form(ReservationForm, request, initial=asked, **kind)
    context: dict[str, Any] = {"form": form, "consultation": found, "lines": kind["lines"], "held": held}
    context |= {"steps": STEPS, "draft": drafts.ticket(actor, draft), "partner": partner_of(actor)}
    if form.is_valid() and "_send" in request.POST:
        try:
            made = services.reserve(consultation_id=pk, wish=form.wish, actor=actor, seen=form.seen_revision, now=now)
        except Overtaken as refusal:
            form.overtaken(refusal)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            drafts.forget(actor, draft)
            messages.success(request, _done(made))
            return redirect("my_meetings:reservation", made.pk)
    if form.is_valid():
        return render(request, "meetings/slots/confirm.html", context | {"rows": answers(form)})
    return render(request, "meetings/slots/reserve.html", context)


def _done(made: Reservation) -> str:
    if made.is_confirmed:
        return _("予約が決まりました。メールをお送りしました。")
    if made.state == ReservationState.LOST:
        return _("変更を受け付けました。くじの順番は、そのままです。")
    return _("抽選の申込みを受け付けました。結果はメールでお知らせします。")


@member()
@require_safe
def reservation(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    found = _own(request, pk)
    context = {
        "view": reservation_view(found, timezone.now()),
        "reservation": found,
        "proof": proof_for(found),
        "may_act": request.actor.is_member(MemberRole.EDITOR),
    }
    return render(request, "meetings/slots/reservation.html", context)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def cancel(request: PortalRequest, pk: int) -> HttpResponse:
    """Asks once more."""
    refuse_without_meetings(request)
    found = _own(request, pk)
    view = reservation_view(found, timezone.now())
    if request.method != "POST":
        return render(request, "meetings/slots/cancel.html", {"view": view, "reservation": found})
    try:
        services.cancel_reservation(reservation=found, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, _("欠席のご連絡を受け付けました。") if view.is_late else _("予約を取り消しました。"))
    return redirect("my_meetings:reservation", pk)


@full_member(MemberRole.EDITOR)
@require_POST
def undo(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    try:
        services.undo_cancelling(reservation=_own(request, pk), actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, _("取消しを元に戻しました。"))
    return redirect("my_meetings:reservation", pk)


def _published(pk: int) -> Consultation:
    return get_object_or_404(Consultation, pk=pk, state=MeetingState.PUBLISHED)


def _own(request: PortalRequest, pk: int) -> Reservation:
    found: Reservation = get_object_or_404(reservations_of(request.actor.place.partner_id), pk=pk)
    return found
