"""Calendars to subscribe to: the public one, and a partner's own at a secret address that it may end."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from meetings.ics import Entry, calendar
from meetings.models import Feed, Meeting
from meetings.models.meetings import MeetingQuerySet
from meetings.queries.openings import entry_of_opening, openings_for
from meetings.services.feeds import end_feed, renew_feed
from meetings.services.telling import entry_of_meeting
from meetings.views.public import CALENDAR, refuse_without_meetings
from partners.states import PartnerState
from portal.web.access import MemberRole, member, public
from portal.web.links import absolute_url
from portal.web.requests import PortalRequest

# What has been stays in a calendar for a while.
KEPT = timedelta(days=180)
MOST = 500


@public
@require_safe
def public_feed(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    return _feed(request, Meeting.objects.public(), "meetings:detail")


@public
@require_safe
def partner_feed(request: PortalRequest, key: str) -> HttpResponse:
    refuse_without_meetings(request)
    feed = get_object_or_404(Feed.objects.select_related("partner"), key=key)
    if feed.partner.state == PartnerState.ENDED:
        raise Http404
    now = timezone.now()
    openings = [entry_of_opening(one, now) for one in openings_for(feed.partner_id, now)]
    response = _feed(request, Meeting.objects.visible_to_partner(feed.partner), "my_meetings:detail", openings)
    response["Cache-Control"] = "private, no-store"
    return response


@member()
@require_safe
def subscribe(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    feed = Feed.objects.filter(partner=request.actor.place.partner_id).first()
    context = {
        "own": absolute_url(reverse("meetings:partner_feed", args=[feed.key])) if feed else "",
        "public": absolute_url(reverse("meetings:feed")),
        "may_act": request.actor.is_member(MemberRole.EDITOR),
    }
    return render(request, "meetings/subscribe.html", context)


@member(MemberRole.EDITOR)
@require_POST
def renew(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    renew_feed(actor=request.actor)
    messages.success(request, _("カレンダーのアドレスを作りました。前のアドレスは使えなくなりました。"))
    return redirect("my_meetings:subscribe")


@member(MemberRole.EDITOR)
@require_POST
def end(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    end_feed(actor=request.actor)
    messages.success(request, _("カレンダーのアドレスを使えなくしました。"))
    return redirect("my_meetings:subscribe")


def _feed(
    request: PortalRequest, meetings: MeetingQuerySet, url_name: str, others: Sequence[Entry] = ()
) -> HttpResponse:
    found = meetings.filter(ends_at__gt=timezone.now() - KEPT).order_by("starts_at")[:MOST]
    entries = [entry_of_meeting(one, absolute_url(reverse(url_name, args=[one.pk]))) for one in found]
    programme = request.programme
    name = f"{programme.local('operator')} {programme.local('name')}"
    return HttpResponse(calendar([*entries, *others], name=name), content_type=CALENDAR)
