"""For a partner's people: the meetings that they may come to, and their own sign-up."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.forms.sign_up import SignUpForm, kept_words
from meetings.models import Meeting, Mode, SignUp
from meetings.queries.joint import host_of, reads_names, with_host
from meetings.queries.meetings import questions_of, rooms_of, why_closed, with_counts, with_questions
from meetings.queries.openings import openings_for
from meetings.queries.pages import meeting_list, meeting_page
from meetings.queries.seats import booking_view, bookings_of, joining_for, seats_of, with_revision
from meetings.queries.slots import own_reservations
from meetings.services import seats as services
from meetings.services.consent import withdraw_names
from meetings.services.steps import Overtaken
from meetings.views.public import entry_response, refuse_without_meetings
from partners.queries.partners import partner_of
from portal.accounts import drafts
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import page_form, sentences_of
from portal.web.requests import PortalRequest

FORM = ["GET", "HEAD", "POST"]
STEPS = [gettext_lazy("入力"), gettext_lazy("内容の確認"), gettext_lazy("申込みの完了")]


@member()
@require_safe
def meetings(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    visible, now = Meeting.objects.visible_to(request.actor), timezone.now()
    openings = openings_for(request.actor.place.partner_id, now)
    context = meeting_list(visible, request.GET, now, "my_meetings:detail", openings)
    return render(request, "meetings/my_list.html", context)


@member()
@require_safe
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    meeting = get_object_or_404(with_counts(visible), pk=pk)
    booked = bookings_of(request.actor.place.partner_id).filter(meeting=meeting).first()
    now = timezone.now()
    context = meeting_page(meeting, now, is_public=False) | {"booking": booked and booking_view(booked, now)}
    context["only_reads"] = not request.actor.is_member(MemberRole.EDITOR)
    return render(request, "meetings/my_detail.html", context)


@member()
@require_safe
def entry(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    return entry_response(get_object_or_404(Meeting.objects.visible_to(request.actor), pk=pk), "my_meetings:detail")


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
def sign_up(request: PortalRequest, pk: int) -> HttpResponse:
    """Input, confirmation, done; the same form changes a sign-up that exists."""
    refuse_without_meetings(request)
    actor, now = request.actor, timezone.now()
    partner = partner_of(actor)
    found = with_revision(with_counts(Meeting.objects.visible_to_partner(partner)), partner.pk)
    meeting = get_object_or_404(with_host(with_questions(found), partner.pk), pk=pk)
    if reason := why_closed(meeting, now):
        return render(request, "meetings/closed.html", {"meeting": meeting, "reason": reason}, status=410)
    draft, own = f"meetings.{pk}", seats_of(meeting, actor.place.partner_id)
    kind: dict[str, Any] = {"meeting": meeting, "questions": questions_of(meeting), "seats": own}
    first: dict[str, Any] = {} if own else {"name-0": actor.place.person_name, "email-0": actor.user.email}
    kind["host"] = host_of(meeting)
    first["shares_names"] = getattr(meeting, "shares_names")  # noqa: B009 - a column of the query, not of the model
    first["seen"] = getattr(meeting, "revision")  # noqa: B009 - a column of the query, not of the model
    kept = kept_words(drafts.initial(actor, draft, SignUpForm(**kind)))
    form = page_form(SignUpForm, request, initial=first | kept, **kind)
    context: dict[str, Any] = {"form": form, "meeting": meeting, "steps": STEPS, "rooms": rooms_of(meeting)}
    context |= {"is_change": bool(own), "draft": drafts.ticket(actor, draft), "partner": partner}
    if form.is_valid() and "_send" in request.POST:
        try:
            services.sign_up(
                meeting_id=pk,
                people=form.people,
                answers=form.answers,
                note=form.cleaned_data["note"],
                actor=actor,
                seen=form.seen_revision,
                shares_names=form.cleaned_data.get("shares_names", False),
                now=now,
            )
        except Overtaken as refusal:
            form.overtaken(refusal)
            context["standing"] = seats_of(meeting, actor.place.partner_id)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            drafts.forget(actor, draft)
            messages.success(request, _("申込みを受け付けました。参加する方へメールをお送りしました。"))
            return redirect("my_meetings:booking", pk)
    if form.is_valid():
        return render(request, "meetings/sign_up_confirm.html", context | {"rows": form.rows})
    return render(request, "meetings/sign_up.html", context)


@member()
@require_safe
def bookings(request: PortalRequest) -> HttpResponse:
    """What is to come, and what was."""
    refuse_without_meetings(request)
    now = timezone.now()
    found = [
        booking_view(one, now) for one in bookings_of(request.actor.place.partner_id).order_by("-meeting__starts_at")
    ]
    coming = [one for one in found if now < one.meeting.ends_at]
    context = {"coming": coming[::-1], "past": [one for one in found if one not in coming]}
    reserved, used = own_reservations(request.actor.place.partner_id, now)
    return render(request, "meetings/bookings.html", context | {"reserved": reserved, "used": used})


@member()
@require_safe
def booking(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    now, found = timezone.now(), _own(request, pk)
    view = booking_view(found, now)
    # The same for all of them.
    online = [seat for seat in view.standing if seat.is_confirmed and seat.mode == Mode.ONLINE][:1]
    joining = [shown for seat in online for shown in [joining_for(seat, now)] if shown[1]]
    context = {"booking": view, "meeting": found.meeting, "may_act": request.actor.is_member(MemberRole.EDITOR)}
    context["reader"] = reads_names(found)
    return render(request, "meetings/booking.html", context | {"joining": joining[0] if joining else None})


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def cancel(request: PortalRequest, pk: int) -> HttpResponse:
    """Asks once more."""
    refuse_without_meetings(request)
    found = _own(request, pk)
    view = booking_view(found, timezone.now())
    if request.method != "POST":
        return render(request, "meetings/cancel.html", {"booking": view, "meeting": found.meeting})
    try:
        services.cancel_sign_up(booking=found, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(
            request, _("欠席のご連絡を受け付けました。") if view.is_late else _("申込みを取り消しました。")
        )
    return redirect("my_meetings:booking", pk)


@member(MemberRole.EDITOR)
@require_POST
def keep_names(request: PortalRequest, pk: int) -> HttpResponse:
    """The host of a joint meeting does not read them any more."""
    refuse_without_meetings(request)
    withdraw_names(booking=_own(request, pk), actor=request.actor)
    messages.success(request, _("同意を取り消しました。1分ほどで、主催者の名簿からお名前が消えます。"))
    return redirect("my_meetings:booking", pk)


@full_member(MemberRole.EDITOR)
@require_POST
def undo(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    try:
        services.undo_cancelling(booking=_own(request, pk), actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, _("取消しを元に戻しました。"))
    return redirect("my_meetings:booking", pk)


def _own(request: PortalRequest, pk: int) -> SignUp:
    """By the meeting's number: an organisation has one sign-up for it."""
    return get_object_or_404(bookings_of(request.actor.place.partner_id), meeting=pk)
