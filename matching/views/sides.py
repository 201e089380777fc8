"""Asking a further partner into a collaboration, and answering when one is asked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.models import Collaboration, SideInvitation
from matching.queries.collaborations import sides_of
from matching.queries.sides import asked_before, partners_to_ask
from matching.rules import may_write
from matching.services.sides import answer_invitation, ask_to_join, take_back_invitation
from matching.views.common import FORM, matching, offered
from partners.models import Partner
from portal.web.access import MemberRole, full_member, member
from portal.web.requests import PortalRequest

ANSWERS = {"join": True, "decline": False}


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def add(request: PortalRequest, record_id: int) -> HttpResponse:
    """Search, write what it is about, pick: it works without script."""
    record: Collaboration = get_object_or_404(Collaboration.objects.visible_to(request.actor), pk=record_id)
    query, note, errors = request.GET.get("q", "").strip()[:100], request.POST.get("note", "")[:1000], []
    if request.method == "POST":
        try:
            ask_to_join(collaboration_id=record.pk, partner=_chosen(request), note=note, actor=request.actor)
        except ValidationError as refusal:
            errors = refusal.messages
        else:
            messages.success(request, _("参加をお願いしました。相手の団体にメールで知らせました。"))
            return redirect("my_matching:record", record.pk)
    context = {
        "record": record,
        "query": query,
        "note": note,
        "errors": errors,
        "found": partners_to_ask(record, query),
        "sides": sides_of(record),
        "invitations": asked_before(record),
    }
    return render(request, "matching/own/add_side.html", context)


@full_member(MemberRole.EDITOR)
@require_safe
@matching
def find(request: PortalRequest, record_id: int) -> HttpResponse:
    """Names for who types: the same partners as the page itself finds."""
    record: Collaboration = get_object_or_404(Collaboration.objects.visible_to(request.actor), pk=record_id)
    return offered(partners_to_ask(record, request.GET.get("q", "").strip()[:100]))


def _chosen(request: PortalRequest) -> Partner:
    key = request.POST.get("add", "")
    if not (key.isascii() and key.isdecimal() and len(key) < 12):
        raise Http404
    return get_object_or_404(Partner.objects.listed(), pk=int(key))


@member()
@require_http_methods(FORM)
@matching
def invitation(request: PortalRequest, invitation_id: int) -> HttpResponse:
    """What the asked partner sees of a collaboration before it agrees: its name, its sides, what is asked."""
    asked = SideInvitation.objects.filter(partner=request.actor.place.partner_id)
    found: SideInvitation = get_object_or_404(asked.select_related("collaboration", "asking"), pk=invitation_id)
    writes = may_write(request.actor, found.partner_id)
    if request.method == "POST":
        if not writes:
            raise PermissionDenied
        if request.POST.get("answer") not in ANSWERS:
            raise Http404
        joins = ANSWERS[request.POST["answer"]]
        try:
            answer_invitation(invitation_id=found.pk, joins=joins, actor=request.actor)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("連携に参加しました。") if joins else _("見送ることを伝えました。"))
            if joins:
                return redirect("my_matching:record", found.collaboration_id)
        return redirect("my_matching:invitation", found.pk)
    context = {"invitation": found, "sides": sides_of(found.collaboration), "may_write": writes}
    return render(request, "matching/own/invitation.html", context)


@full_member(MemberRole.EDITOR)
@require_POST
@matching
def take_back(request: PortalRequest, invitation_id: int) -> HttpResponse:
    known = SideInvitation.objects.visible_to(request.actor)
    found: SideInvitation = get_object_or_404(known, pk=invitation_id)
    try:
        take_back_invitation(invitation_id=found.pk, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("参加のお願いを取りやめました。"))
    return redirect("my_matching:record", found.collaboration_id)
