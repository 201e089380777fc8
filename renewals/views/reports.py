"""A partner's own reports: written with a draft at hand, looked at as others will see it, handed in, corrected."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from partners.models import Partner
from partners.queries.partners import partner_of
from partners.rules import may_edit_profile
from portal.accounts import drafts
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import MemberRole, member
from portal.web.forms import page_form, sentences_of
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest
from renewals.document import report_pdf
from renewals.forms.reports import ReportForm
from renewals.models import Arrival, Report
from renewals.models.reports import PHOTOS
from renewals.queries.drafting import draft_of
from renewals.queries.federating import other_programmes, start_of, waiting_arrival
from renewals.queries.records import owed_by
from renewals.queries.reports import own_reports, photos_of
from renewals.rules import is_public, may_send_also
from renewals.services.reports import (
    ChangedMeanwhile,
    Content,
    Covers,
    change_report,
    submit_report,
    what_may_be_reported,
)
from renewals.views.doors import with_reports

FORM = ("GET", "HEAD", "POST")
STEPS = [gettext_lazy("入力"), gettext_lazy("見え方の確認"), gettext_lazy("提出の完了")]


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
@with_reports
def write(request: PortalRequest, what: str) -> HttpResponse:
    """Input, then as others will see it, then handed in. The first visit finds a draft from the timeline."""
    partner, covers = _may_report(request, what)
    draft = f"report.{what}"
    kept = drafts.initial(request.actor, draft, ReportForm(sender=Sender(request)))
    _forget_hidden(kept)
    arrival = waiting_arrival(request.actor.user, request.GET.get("from", ""), what)
    start = start_of(arrival) if arrival else draft_of(partner, covers.first, covers.last)
    form = page_form(ReportForm, request, sender=Sender(request), initial=start | kept)
    report = Report(partner=partner, fiscal_year=covers.fiscal_year, covers_from=covers.first, covers_to=covers.last)
    context = {"form": form, "report": report, "steps": STEPS, "draft": drafts.ticket(request.actor, draft)}
    if not form.is_valid():
        return render(request, "renewals/own/write.html", context | {"is_kept": bool(kept), "arrival": arrival})
    if "_send" not in request.POST:
        return render(request, "renewals/own/preview.html", context | _preview(report, form.content))
    try:
        report = submit_report(
            form_key=form.key, partner_id=partner.pk, what=what, content=form.content, arrival=arrival,
            actor=request.actor,
        )  # fmt: skip
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
        return redirect("renewals:own")
    drafts.forget(request.actor, draft)
    messages.success(request, _("活動報告を受け付けました。受付番号は%sです。") % report.receipt)
    return redirect("renewals:report", report.pk)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
@with_reports
def change(request: PortalRequest, report_id: int) -> HttpResponse:
    report = own_report(request, report_id)
    if not may_edit_profile(request.actor, report.partner_id):
        raise PermissionDenied
    draft = f"report.change.{report.pk}"
    now = report.content | {"goals": [str(goal) for goal in report.goals], "seen": report.revision}
    now["photos"] = list(StoredFile.objects.of(report, PHOTOS))
    kept = drafts.initial(request.actor, draft, ReportForm(sender=Sender(request)))
    _forget_hidden(kept)
    form = page_form(ReportForm, request, sender=Sender(request), initial=now | kept)
    context = {"form": form, "report": report, "steps": STEPS, "draft": drafts.ticket(request.actor, draft)}
    if not form.is_valid():
        return render(request, "renewals/own/write.html", context | {"is_kept": bool(kept), "is_change": True})
    if "_send" not in request.POST:
        return render(request, "renewals/own/preview.html", context | _preview(report, form.content))
    seen = form.cleaned_data["seen"] or 0
    try:
        change_report(report_id=report.pk, content=form.content, seen_revision=seen, actor=request.actor)
    except ChangedMeanwhile:
        form.add_error(None, _("ほかの方が先に直しました。このまま進むと、入力した内容に置き換わります。"))
        report.refresh_from_db()
        form.has_seen(report.revision)
        return render(request, "renewals/own/write.html", context | {"is_change": True})
    drafts.forget(request.actor, draft)
    messages.success(request, _("活動報告を直しました。"))
    return redirect("renewals:report", report.pk)


@member()
@require_safe
@with_reports
def show(request: PortalRequest, report_id: int) -> HttpResponse:
    report = own_report(request, report_id)
    context = {
        "report": report,
        "photos": photos_of(report),
        "is_public": is_public(report),
        "may_report": may_edit_profile(request.actor, report.partner_id),
        "arrivals": Arrival.objects.filter(report=report),
        "may_send_also": may_send_also(request.actor, report) and other_programmes().exists(),
    }
    return render(request, "renewals/own/report.html", context)


@member()
@require_safe
@with_reports
def pdf(request: PortalRequest, report_id: int) -> HttpResponse:
    report = own_report(request, report_id)
    return pdf_response(report_pdf(report), _("活動報告-%s.pdf") % report.receipt)


def own_report(request: PortalRequest, report_id: int) -> Report:
    found: Report = get_object_or_404(
        own_reports(request.actor.place.partner_id).select_related("partner"), pk=report_id
    )
    return found


def _forget_hidden(kept: dict[str, Any]) -> None:
    """What a draft brings back is text: the hidden marks are those of this page, and files are not kept."""
    for name in ("photos", "seen", "form_key"):
        kept.pop(name, None)


def _may_report(request: PortalRequest, what: str) -> tuple[Partner, Covers]:
    partner = partner_of(request.actor)
    if not may_edit_profile(request.actor, partner.pk):
        raise PermissionDenied
    today = timezone.localdate()
    covers = what_may_be_reported(owed_by(partner, today), today).get(what)
    if covers is None:
        raise Http404
    return partner, covers


def _preview(report: Report, content: Content) -> dict[str, Any]:
    """As the page of the report will show it. Nothing is saved."""
    for name, value in content.values.items():
        setattr(report, name, value)
    return {"report": report, "photos": [], "pending": content.photos}
