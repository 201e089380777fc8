"""What everybody may read: the meetings that are for all, each with its page and its entry for a calendar."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings.ics import calendar
from meetings.models import Meeting
from meetings.queries.meetings import with_counts
from meetings.queries.pages import meeting_list, meeting_page
from meetings.services.telling import entry_of_meeting
from portal.tenancy.models import Feature
from portal.web.access import public
from portal.web.links import absolute_url
from portal.web.requests import PortalRequest

CALENDAR = "text/calendar; charset=utf-8"


def refuse_without_meetings(request: PortalRequest) -> None:
    if not request.programme.has(Feature.MEETINGS):
        raise Http404


@public
@require_safe
def meetings(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    context = meeting_list(Meeting.objects.public(), request.GET, timezone.now(), "meetings:detail")
    return render(request, "meetings/list.html", context)


@public
@require_safe
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    meeting = get_object_or_404(with_counts(Meeting.objects.public().select_related("group")), pk=pk)
    return render(request, "meetings/detail.html", meeting_page(meeting, timezone.now(), is_public=True))


@public
@require_safe
def entry(request: PortalRequest, pk: int) -> HttpResponse:
    """「カレンダーに追加」"""
    refuse_without_meetings(request)
    return entry_response(get_object_or_404(Meeting.objects.public(), pk=pk), "meetings:detail")


def entry_response(meeting: Meeting, url_name: str) -> HttpResponse:
    page = absolute_url(reverse(url_name, args=[meeting.pk]))
    response = HttpResponse(calendar([entry_of_meeting(meeting, page)]), content_type=CALENDAR)
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    return response
