"""The board: for everybody at /news/, with what is for partners at /mypage/news/; and the feed of the public part.
What a person subscribes to, on My Page and from a mail.
"""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.notices.forms import PreferencesForm
from portal.notices.models import Subscription
from portal.notices.queries import (
    board_of,
    files_of,
    genres_for,
    mails_on_board,
    note_reading,
    note_reading_of_mail,
    public_board,
    with_words,
)
from portal.notices.services import choose_genres, end_subscription
from portal.tenancy.models import Feature
from portal.web.access import member, public
from portal.web.forms import page_form
from portal.web.links import absolute_url
from portal.web.requests import PortalRequest
from portal.web.text import render as render_text

PER_PAGE = 20
IN_FEED = 30
# The field that a mail program posts (RFC 8058).
ONE_CLICK = "List-Unsubscribe"


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
    return render(request, "notices/announcement.html", {"announcement": found, "files": files_of(found)})


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
        author_name=programme.local("operator"),
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
    mails = with_words(mails_on_board(request.actor)[:PER_PAGE])
    return render(request, "notices/my_board.html", {"page": page, "mails": mails})


@member()
@require_safe
def my_announcement(request: PortalRequest, pk: int) -> HttpResponse:
    _refuse_without_news(request)
    found = get_object_or_404(board_of(request.actor, timezone.now()), pk=pk)
    if request.method == "GET":
        note_reading(found, request.actor)
    return render(request, "notices/my_announcement.html", {"announcement": found, "files": files_of(found)})


@member()
@require_safe
def my_mail(request: PortalRequest, pk: int) -> HttpResponse:
    _refuse_without_news(request)
    found = with_words([get_object_or_404(mails_on_board(request.actor), pk=pk)])
    if not found:
        raise Http404
    if request.method == "GET":
        note_reading_of_mail(found[0], request.actor)
    return render(request, "notices/my_mail.html", {"mail": found[0]})


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PortalRequest) -> HttpResponse:
    """What a person gets beside the mail that their registration needs."""
    _refuse_without_news(request)
    form = page_form(PreferencesForm, request, genres=genres_for(request.actor.user))
    if form.is_valid():
        choose_genres(actor=request.actor, genres=form.chosen)
        messages.success(request, _("メールの設定を変えました。"))
        return redirect("my_news:preferences")
    return render(request, "notices/preferences.html", {"form": form})


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: PortalRequest, key: uuid.UUID) -> HttpResponse:
    """From a mail, without signing in. A GET only asks: link scanners open every link, and must not end anything."""
    subscription = get_object_or_404(Subscription.objects.select_related("genre"), key=key)
    if request.method == "POST":
        end_subscription(subscription=subscription, through=Subscription.Ended.MAIL)
        if ONE_CLICK in request.POST:
            # RFC 8058: mail programs ask with a POST of their own, and follow no redirect.
            return HttpResponse(_("配信を止めました。"), content_type="text/plain; charset=utf-8")
        return redirect("news:unsubscribe", key=key)
    return render(request, "notices/unsubscribe.html", {"subscription": subscription})


def _refuse_without_news(request: PortalRequest) -> None:
    if not request.programme.has(Feature.NEWS):
        raise Http404
