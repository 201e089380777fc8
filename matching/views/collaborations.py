"""The collaboration record as its sides see it: plan, reports, confirmations, outcome."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.forms.collaborations import OutcomeForm, PlanForm, ProgressForm
from matching.models import Application, Collaboration, Progress
from matching.queries.collaborations import outcomes_in_words, records_of, reports_of, sides_of
from matching.queries.sides import open_invitations
from matching.rules import may_write
from matching.services.collaborations import (
    agree_plan,
    begin_collaboration,
    confirm_report,
    end_collaboration,
    report_progress,
    send_outcome,
    write_plan,
)
from matching.views.common import FORM, matching
from portal.files.senders import Sender
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest
from portal.web.steps import state_now


@member()
@require_safe
@matching
def records(request: PortalRequest) -> HttpResponse:
    return render(request, "matching/own/records.html", {"records": records_of(request.actor.place.partner_id)})


@full_member(MemberRole.EDITOR)
@require_POST
@matching
def begin(request: PortalRequest, application_id: int) -> HttpResponse:
    application = get_object_or_404(Application.objects.visible_to(request.actor), pk=application_id)
    try:
        found = begin_collaboration(application_id=application.pk, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("my_matching:application", application.pk)
    return redirect("my_matching:record", found.pk)


@member()
@require_safe
@matching
def record(request: PortalRequest, record_id: int) -> HttpResponse:
    found = _record(request, record_id)
    own = request.actor.place.partner_id
    sides = sides_of(found)
    context = {
        "record": found,
        "sides": sides,
        "invitations": open_invitations(found),
        "reports": reports_of(found, own),
        "outcomes": outcomes_in_words(found.outcomes),
        "may_write": may_write(request.actor, own),
        "has_agreed": any(side.partner_id == own and side.agreed_revision == found.plan_revision for side in sides),
        "is_agreed": bool(found.plan_revision) and all(side.agreed_revision == found.plan_revision for side in sides),
    }
    return render(request, "matching/own/record.html", context)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def plan(request: PortalRequest, record_id: int) -> HttpResponse:
    found = _record(request, record_id)
    if request.method != "POST" and not found.is_unfinished:
        return _too_late(request, found)
    form = page_form(PlanForm, request, instance=found)
    return _typed(
        request,
        found,
        form,
        _("計画を書く"),
        write_plan,
        values=lambda: form.values,
        revision=lambda: form.cleaned_data["revision"],
    )


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def outcome(request: PortalRequest, record_id: int) -> HttpResponse:
    found = _record(request, record_id)
    if request.method != "POST" and not found.is_unfinished:
        return _too_late(request, found)
    form = page_form(OutcomeForm, request, instance=found)
    return _typed(request, found, form, _("成果を報告する"), send_outcome, values=lambda: form.values)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def report(request: PortalRequest, record_id: int) -> HttpResponse:
    found = _record(request, record_id)
    form = page_form(ProgressForm, request, sender=Sender(request))
    return _typed(
        request,
        found,
        form,
        _("経過を報告する"),
        report_progress,
        values=lambda: form.values,
        photos=lambda: form.cleaned_data["photos"],
    )


@full_member(MemberRole.EDITOR)
@require_POST
@matching
def confirm(request: PortalRequest, report_id: int) -> HttpResponse:
    known = Progress.objects.filter(collaboration__in=Collaboration.objects.visible_to(request.actor))
    found = get_object_or_404(known, pk=report_id)
    comment = request.POST.get("comment", "")[:500]
    _said(request, _("確認しました。"), confirm_report, report_id=found.pk, comment=comment)
    return redirect("my_matching:record", found.collaboration_id)


@full_member(MemberRole.EDITOR)
@require_POST
@matching
def agree(request: PortalRequest, record_id: int) -> HttpResponse:
    found = _record(request, record_id)
    revision = request.POST.get("revision", "")
    if not (revision.isascii() and revision.isdecimal() and len(revision) < 8):
        raise Http404
    _said(request, _("計画に合意しました。"), agree_plan, collaboration_id=found.pk, revision=int(revision))
    return redirect("my_matching:record", found.pk)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def end(request: PortalRequest, record_id: int) -> HttpResponse:
    """Asks once more."""
    found = _record(request, record_id)
    if request.method != "POST":
        return render(request, "matching/own/record_end.html", {"record": found})
    _said(request, _("連携記録を終えました。"), end_collaboration, collaboration_id=found.pk)
    return redirect("my_matching:record", found.pk)


def _typed(
    request: PortalRequest, found: Collaboration, form: Any, title: str, service: Any, **read: Any
) -> HttpResponse:
    """A form of the record: its service, or the page with what was typed."""
    if form.is_valid():
        try:
            service(collaboration_id=found.pk, actor=request.actor, **{name: get() for name, get in read.items()})
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("保存し、相手の団体にメールで知らせました。"))
            return redirect("my_matching:record", found.pk)
    return render(request, "matching/own/record_form.html", {"form": form, "record": found, "title": title})


def _too_late(request: PortalRequest, found: Collaboration) -> HttpResponse:
    """Before anything is typed. What was typed stays on its page, with the reason why it was not saved."""
    messages.error(request, state_now(found))
    return redirect("my_matching:record", found.pk)


def _said(request: PortalRequest, done: str, service: Any, **arguments: Any) -> None:
    try:
        service(actor=request.actor, **arguments)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)


def _record(request: PortalRequest, record_id: int) -> Collaboration:
    found: Collaboration = get_object_or_404(Collaboration.objects.visible_to(request.actor), pk=record_id)
    if request.method == "POST" and not may_write(request.actor, request.actor.place.partner_id):
        raise PermissionDenied
    return found
