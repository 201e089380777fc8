"""Introductions by the office, as each of the two partners sees and answers them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.forms.introductions import CONTACTS, ConsentForm
from matching.models import Introduction
from matching.queries.introductions import Own, own_introduction, own_introductions
from matching.rules import may_write
from matching.services.introductions import answer_introduction, begin_together
from matching.views.common import FORM, matching
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@member()
@require_safe
@matching
def introductions(request: PortalRequest) -> HttpResponse:
    return render(request, "matching/own/introductions.html", {"introductions": own_introductions(request.actor)})


@member()
@require_http_methods(FORM)
@matching
def introduction(request: PortalRequest, introduction_id: int) -> HttpResponse:
    found = _introduction(request, introduction_id)
    may_answer = found.row.is_open and may_write(request.actor, request.actor.place.partner_id)
    if request.method == "POST" and not may_write(request.actor, request.actor.place.partner_id):
        raise PermissionDenied
    form = page_form(ConsentForm, request, initial=_known(request, found)) if may_answer else None
    if form and form.is_valid():
        try:
            answered = answer_introduction(introduction_id=found.row.pk, values=form.values, actor=request.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _said(answered))
            return redirect("my_matching:introduction", found.row.pk)
    elif request.method == "POST" and form is None:
        messages.error(request, _("この紹介は「%s」になっています。") % found.row.get_state_display())
        return redirect("my_matching:introduction", found.row.pk)
    context = {
        "own": found,
        "form": form,
        "may_write": may_write(request.actor, request.actor.place.partner_id),
        "record": getattr(found.row, "collaboration", None),
    }
    return render(request, "matching/own/introduction.html", context)


@full_member(MemberRole.EDITOR)
@require_POST
@matching
def begin(request: PortalRequest, introduction_id: int) -> HttpResponse:
    found = _introduction(request, introduction_id)
    try:
        record = begin_together(introduction_id=found.row.pk, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("my_matching:introduction", found.row.pk)
    return redirect("my_matching:record", record.pk)


def _introduction(request: PortalRequest, introduction_id: int) -> Own:
    rows = Introduction.objects.visible_to(request.actor).select_related("first", "second", "posting")
    return own_introduction(get_object_or_404(rows, pk=introduction_id), request.actor)


def _known(request: PortalRequest, found: Own) -> dict[str, Any]:
    """What was answered before; otherwise oneself as the contact."""
    if found.answer:
        return {"agrees": "yes"} | {name: getattr(found.answer, name) for name in CONTACTS}
    return {"contact_name": request.actor.place.person_name, "contact_email": request.actor.user.email}


def _said(introduction: Introduction) -> str:
    if introduction.is_open:
        return _("回答を受け付けました。相手の団体も同意すると、双方に連絡先をお知らせします。")
    return _("双方が同意しました。連絡先が見られます。") if introduction.shows_contacts else _("回答を受け付けました。")
