"""The board: for everybody at /news/, with what is for partners at /mypage/news/; and the feed of the public part."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.notices.queries import board_of, mails_on_board, note_reading, public_board
from portal.tenancy.models import Feature
from portal.web.access import member, public
from portal.web.links import absolute_url
from portal.web.requests import PortalRequest
from portal.web.text import render as render_text

PER_PAGE = 20
IN_FEED = 30


@public
@require_safe
def board(request: PortalRequest) -> HttpResponse:
    _refuse_without_news(request)
    page = Paginator(public_board(timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/board.html", {"page": page})


@public
@require_safe
def announcement(request: PortalRequest, pk: int) -> HttpResponse:
    _refuse_without_news(request)
    found = get_object_or_404(public_board(timezone.now()), pk=pk)
    return render(request, "notices/announcement.html", {"announcement": found})


@public
@require_safe
def feed(request: PortalRequest) -> HttpResponse:
    _refuse_without_news(request)
    programme = request.programme
    title = _("%s のお知らせ") % f"{programme.local('operator')} {programme.local('name')}"
    atom = Atom1Feed(
        title=title,
        link=absolute_url(reverse("news:board")),
        description="",
        feed_url=absolute_url(reverse("news:feed")),
        language=settings.LANGUAGE_CODE,
    )
    for one in public_board(timezone.now()).order_by("-shown_from", "-id")[:IN_FEED]:
        address = absolute_url(reverse("news:announcement", args=[one.pk]))
        atom.add_item(
            title=one.title,
            link=address,
            description=render_text(one.text),
            unique_id=address,
            pubdate=one.shown_from,
            updateddate=max(one.changed_at, one.shown_from),
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@member()
@require_safe
def my_board(request: PortalRequest) -> HttpResponse:
    _refuse_without_news(request)
    page = Paginator(board_of(request.actor, timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    mails = mails_on_board(request.actor)[:PER_PAGE]
    return render(request, "notices/my_board.html", {"page": page, "mails": mails})


@member()
@require_safe
def my_announcement(request: PortalRequest, pk: int) -> HttpResponse:
    _refuse_without_news(request)
    found = get_object_or_404(board_of(request.actor, timezone.now()), pk=pk)
    if request.method == "GET":
        note_reading(found, request.actor)
    return render(request, "notices/my_announcement.html", {"announcement": found})


@member()
@require_safe
def my_mail(request: PortalRequest, pk: int) -> HttpResponse:
    _refuse_without_news(request)
    return render(request, "notices/my_mail.html", {"mail": get_object_or_404(mails_on_board(request.actor), pk=pk)})


def _refuse_without_news(request: PortalRequest) -> None:
    if not request.programme.has(Feature.NEWS):
        raise Http404
