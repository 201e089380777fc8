"""The room's pages: by telephone, and on the screen in front. Nobody signs in; a random number in a cookie, set with the
first press alone, lets each telephone say "me too" once.
"""

import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.forms.live import CodeForm, IdeaForm
from meetings.models import Board, Idea, LiveQuestion
from meetings.queries.live import ON_SCREEN, ideas_of, questions_of
from meetings.services.live import answer_live_question, back_idea, send_idea
from meetings.states import SurveyState
from meetings.views.public import refuse_without_meetings
from portal.accounts import limits
from portal.accounts.visitors import limit_key
from portal.web.access import public
from portal.web.forms import page_form, sentences_of
from portal.web.links import absolute_url
from portal.web.qr import qr_svg
from portal.web.requests import PortalRequest

DEVICE = re.compile("[0-9a-f]{32}")
KEPT = timedelta(days=1)


@public
@require_safe
def enter(request: PortalRequest) -> HttpResponse:
    """For who cannot read the code with a camera."""
    refuse_without_meetings(request)
    form = CodeForm(request.GET or None)
    if form.is_valid():
        if _boards().filter(code=form.cleaned_data["code"]).exists():
            return redirect("meetings:live", form.cleaned_data["code"])
        form.add_error("code", _("この番号の画面は見つかりません。もう一度お確かめください。"))
    return render(request, "meetings/live/enter.html", {"form": form})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: PortalRequest, code: str) -> HttpResponse:
    refuse_without_meetings(request)
    found, device = get_object_or_404(_boards(), code=code), _device(request)
    form = page_form(IdeaForm, request)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            _refuse_too_many(request, device, is_idea=True)
            send_idea(board=found, **typed | {"kind": Idea.Kind(typed["kind"])})
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            shown = _("送りました。会場の画面に出ます。")
            later = _("送りました。事務局が確かめてから、会場の画面に出ます。")
            messages.success(request, shown if found.shows_first else later)
            return _known(redirect("meetings:live", code), device, code)
    context = {
        "board": found, "form": form, "ideas": ideas_of(found, device), "questions": questions_of(found, device),
    }  # fmt: skip
    return _fresh(render(request, "meetings/live/board.html", context))


@public
@require_POST
def back(request: PortalRequest, code: str, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    device = _device(request)
    idea = get_object_or_404(Idea.objects.visible(), board__code=code, pk=pk)
    try:
        _refuse_too_many(request, device)
        back_idea(idea=idea, device=device)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    return _known(redirect(f"{reverse('meetings:live', args=[code])}#idea-{pk}"), device, code)


@public
@require_POST
def choose(request: PortalRequest, code: str, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    device, typed = _device(request), request.POST.get("choice", "")
    question = get_object_or_404(LiveQuestion.objects.exclude(state=SurveyState.DRAFT), board__code=code, pk=pk)
    try:
        _refuse_too_many(request, device)
        number = int(typed) if typed.isdecimal() and len(typed) < 4 else -1
        answer_live_question(question=question, choice=number, device=device)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, _("回答を受け付けました。"))
    return _known(redirect("meetings:live", code), device, code)


@public
@require_safe
def screen(request: PortalRequest, code: str) -> HttpResponse:
    """For the projector."""
    refuse_without_meetings(request)
    found = get_object_or_404(_boards(), code=code)
    address = absolute_url(reverse("meetings:live", args=[code]))
    context = {
        "board": found, "ideas": ideas_of(found)[:ON_SCREEN], "address": address,
        "questions": [asked for asked in questions_of(found) if asked.is_open or asked.total],
        "qr": SafeString(qr_svg(address)),  # our own drawing
    }  # fmt: skip
    return _fresh(render(request, "meetings/live/screen.html", context))


def _boards() -> Any:
    return Board.objects.exclude(state=SurveyState.DRAFT).select_related("meeting")


def _device(request: PortalRequest) -> str:
    code = request.resolver_match.kwargs["code"]  # type: ignore[union-attr]
    known = request.COOKIES.get(f"live-{code}", "")
    return known if DEVICE.fullmatch(known) else secrets.token_hex(16)


def _known(response: HttpResponse, device: str, code: str) -> HttpResponse:
    response.set_cookie(
        f"live-{code}", device, max_age=KEPT, httponly=True, secure=settings.SECURE_SITES, samesite="Lax"
    )
    return response


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _refuse_too_many(request: PortalRequest, device: str, *, is_idea: bool = False) -> None:
    """A whole room may stand behind one network address: tight for a telephone, wide for an address. The address is
    asked first: whoever sends another number each time leaves no more rows than it may.
    """
    of_address = [limits.LIVE_BY_VISITOR, *([limits.LIVE_IDEAS_BY_VISITOR] if is_idea else [])]
    asked = [*((limit, limit_key(request)) for limit in of_address), (limits.LIVE_BY_DEVICE, device)]
    if not all(limits.allow(limit, who) for limit, who in asked):
        raise ValidationError(_("短い時間に操作が続きました。1分ほど待ってから、もう一度お試しください。"))
