"""A partner's own cases on My Page: written, shown as everybody will see them, agreed to, taken back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.forms.cases import CaseForm, CaseSideForm
from matching.models import Case, Collaboration
from matching.queries.cases import asked_of, content_of_case, own_cases
from matching.rules import acts_for, may_write
from matching.services.cases import (
    agree_case,
    ask_consent,
    begin_case,
    discard_case,
    start_case,
    why_not_ask,
    withdraw_consent,
    write_case,
    write_side,
)
from matching.states import CaseState
from matching.views.cases import cases_here
from matching.views.common import FORM
from partners.queries.partners import partner_of
from portal.files.senders import Sender
from portal.web.access import MemberRole, full_member, member
from portal.web.dates import fiscal_year_of
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@member()
@require_safe
@cases_here
def cases(request: PortalRequest) -> HttpResponse:
    own = request.actor.place.partner_id
    context = {
        "cases": own_cases(own),
        "asked": set(asked_of(own).values_list("pk", flat=True)),
        "may_write": may_write(request.actor, own),
    }
    return render(request, "matching/own/cases.html", context)


@member()
@require_safe
@cases_here
def case(request: PortalRequest, case_id: int) -> HttpResponse:
    """As everybody will read it, with what this side can do now."""
    found, own = _case(request, case_id), request.actor.place.partner_id
    content = content_of_case(found)
    mine = next(party.side for party in content.parties if party.side.partner_id == own)
    agreed = {party.side.pk for party in content.parties if party.side.agreed_revision == found.revision}
    context = {
        "case": found,
        "content": content,
        "agreed": agreed,
        "has_agreed": mine.pk in agreed,
        "may_write": may_write(request.actor, own),
        "may_withdraw": acts_for(request.actor, own, MemberRole.EDITOR) and found.is_consented,
        "why_not_ask": why_not_ask(found),
        "may_discard": CaseState.DISCARDED in found.next_states,
        "is_public": Case.objects.public().filter(pk=found.pk).exists(),
    }
    return render(request, "matching/own/case.html", context)


@full_member(MemberRole.EDITOR)
@require_POST
@cases_here
def begin(request: PortalRequest, record_id: int) -> HttpResponse:
    record = get_object_or_404(Collaboration.objects.visible_to(request.actor), pk=record_id)
    try:
        found = begin_case(collaboration_id=record.pk, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("my_matching:record", record.pk)
    return redirect("my_cases:case", found.pk)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@cases_here
def new(request: PortalRequest) -> HttpResponse:
    partner = partner_of(request.actor)
    blank = Case(goals=partner.goals, region=partner.region, year=fiscal_year_of(timezone.localdate()))
    form = page_form(CaseForm, request, instance=blank, sender=Sender(request))
    if form.is_valid():
        started = start_case(values=form.values, photos=form.cleaned_data["photos"], actor=request.actor)
        messages.success(request, _("保存しました。続けて、役割と成果を書いてください。"))
        return redirect("my_cases:side", started.pk, started.sides.get().pk)
    return render(request, "matching/own/case_form.html", {"form": form, "title": _("事例を書く")})


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@cases_here
def edit(request: PortalRequest, case_id: int) -> HttpResponse:
    found = _case(request, case_id)
    form = page_form(CaseForm, request, instance=found, sender=Sender(request))
    return _written(
        request,
        found.pk,
        form,
        _("概要と成果を書く"),
        lambda: write_case(
            case_id=found.pk,
            revision=form.cleaned_data["revision"],
            values=form.values,
            photos=form.cleaned_data["photos"],
            actor=request.actor,
        ),
    )


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@cases_here
def side(request: PortalRequest, case_id: int, side_id: int) -> HttpResponse:
    found = _case(request, case_id)
    party = get_object_or_404(found.sides.select_related("partner"), pk=side_id)
    form = page_form(CaseSideForm, request, instance=party, case=found)
    return _written(
        request,
        found.pk,
        form,
        _("%s について書く") % party.partner.name,
        lambda: write_side(
            case_id=found.pk,
            side_id=party.pk,
            revision=form.cleaned_data["revision"],
            values=form.values,
            actor=request.actor,
        ),
    )


def _written(request: PortalRequest, case_id: int, form: Any, title: str, save: Any) -> HttpResponse:
    """A form of a case: its service, or the page with what was typed."""
    if form.is_valid():
        try:
            save()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("保存しました。"))
            return redirect("my_cases:case", case_id)
    context = {"form": form, "title": title, "case": Case.objects.get(pk=case_id)}
    return render(request, "matching/own/case_form.html", context)


@full_member(MemberRole.EDITOR)
@require_POST
@cases_here
def send(request: PortalRequest, case_id: int, deed: str) -> HttpResponse:
    """Ask for consent, or give it: for the text that was on the page."""
    found = _case(request, case_id)
    revision = request.POST.get("revision", "")
    if deed not in SENDING or not (revision.isascii() and revision.isdecimal() and len(revision) < 8):
        raise Http404
    done = _("同意しました。") if deed == "agree" else _("送りました。公開までの状況は、このページで確かめられます。")
    _said(request, done, SENDING[deed], case_id=found.pk, revision=int(revision))
    return redirect("my_cases:case", found.pk)


SENDING: dict[str, Any] = {"ask": ask_consent, "agree": agree_case}


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
@cases_here
def end(request: PortalRequest, case_id: int, deed: str) -> HttpResponse:
    """Asks once more. A consent may be taken back at any time, also by a partner that may not take part now."""
    found = _case(request, case_id)
    if deed not in ENDING:
        raise Http404
    if request.method != "POST":
        return render(request, "matching/own/case_end.html", {"case": found, "deed": deed, "title": ENDING[deed]})
    if deed == "withdraw":
        _said(request, _("同意を取り消しました。事例は公開されていません。"), withdraw_consent, case_id=found.pk)
        return redirect("my_cases:case", found.pk)
    _said(request, _("事例を取りやめました。"), discard_case, case_id=found.pk)
    return redirect("my_cases:list")


ENDING = {"withdraw": gettext_lazy("公開への同意を取り消す"), "discard": gettext_lazy("事例を取りやめる")}


def _said(request: PortalRequest, done: str, service: Any, **arguments: Any) -> None:
    try:
        service(actor=request.actor, **arguments)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)


def _case(request: PortalRequest, case_id: int) -> Case:
    """Of this partner: another's case has no page here, however public it is."""
    own = request.actor.place.partner_id
    found: Case = get_object_or_404(Case.objects.of(own), pk=case_id)
    if request.method == "POST" and not acts_for(request.actor, own, MemberRole.EDITOR):
        raise PermissionDenied
    return found
