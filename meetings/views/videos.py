"""The library of recordings and other films: for everybody, and with those for partners on My Page."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from meetings.models import Theme, Video
from meetings.models.library import CAPTIONS, VideoQuerySet
from meetings.views.public import refuse_without_meetings
from portal.files.models import StoredFile
from portal.web.access import member, public
from portal.web.requests import PortalRequest

PER_PAGE = 20


@public
@require_safe
def videos(request: PortalRequest) -> HttpResponse:
    return _list(request, Video.objects.public(), "meetings/videos/list.html")


@public
@require_safe
def video(request: PortalRequest, pk: int) -> HttpResponse:
    return _one(request, Video.objects.public(), pk, "meetings/videos/video.html")


@member()
@require_safe
def my_videos(request: PortalRequest) -> HttpResponse:
    return _list(request, Video.objects.for_partners(), "meetings/videos/my_list.html")


@member()
@require_safe
def my_video(request: PortalRequest, pk: int) -> HttpResponse:
    return _one(request, Video.objects.for_partners(), pk, "meetings/videos/my_video.html")


def _list(request: PortalRequest, found: VideoQuerySet, template: str) -> HttpResponse:
    refuse_without_meetings(request)
    theme = request.GET.get("theme", "")
    if theme.isdecimal() and len(theme) < 10:
        found = found.filter(theme=int(theme))
    page = Paginator(found.select_related("theme"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, template, {"page": page, "themes": Theme.objects.all(), "theme": theme})


def _one(request: PortalRequest, found: VideoQuerySet, pk: int, template: str) -> HttpResponse:
    refuse_without_meetings(request)
    shown = get_object_or_404(found.select_related("theme", "meeting"), pk=pk)
    captions = StoredFile.objects.of(shown, CAPTIONS).first()
    return render(request, template, {"video": shown, "captions": captions})
