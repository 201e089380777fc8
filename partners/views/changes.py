"""What a partner asks of the office: another name, another kind, or to leave. Taken back as long as nothing has changed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from partners.forms.own import ChangeForm, LeaveForm
from partners.models import ChangeRequest
from partners.queries.partners import partner_of
from partners.rules import may_edit_profile, may_leave
from partners.services.changes import PROOF, ask_change, withdraw_change
from partners.states import PartnerState
from partners.views.profile import FORM, editable
from portal.accounts import drafts
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import Actor, MemberRole, member
from portal.web.forms import answers, page_form, sentences_of
from portal.web.requests import PortalRequest

STEPS = [gettext_lazy("入力"), gettext_lazy("内容の確認"), gettext_lazy("申請の完了")]
Field = ChangeRequest.Field


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def ask(request: PortalRequest, field: str) -> HttpResponse:
    partner = editable(request)
    if field not in Field or field == Field.LEAVING:
        raise Http404
    draft = f"change.{field}"
    options: dict[str, Any] = {"partner": partner, "field": Field(field), "sender": Sender(request)}
    kept = drafts.initial(request.actor, draft, ChangeForm(**options))
    kept.pop("proof", None)
    form = page_form(ChangeForm, request, initial=kept, **options)
    context = {
        "form": form,
        "title": _("%sの変更を申請する") % Field(field).label,
        "steps": STEPS,
        "draft": drafts.ticket(request.actor, draft),
        "now": ChangeRequest(partner=partner, field=field, before=getattr(partner, field) or "").before_in_words,
    }
    if not form.is_valid():
        return render(request, "partners/own/ask.html", context | {"is_kept": bool(kept)})
    if "_send" not in request.POST:
        return render(request, "partners/own/ask_confirm.html", context | {"rows": answers(form)})
    typed = form.cleaned_data
    return _asked(request, draft, field=Field(field), files=typed.pop("proof"), partner_id=partner.pk, **typed)


@member(MemberRole.OWNER)
@require_http_methods(FORM)
def leave(request: PortalRequest) -> HttpResponse:
    """The wish to leave: what it means is said first, and once more before it is sent."""
    partner = partner_of(request.actor)
    if not may_leave(request.actor, partner.pk):
        raise PermissionDenied
    form = page_form(LeaveForm, request, partner=partner)
    context = {"form": form, "title": _("退会を申し出る"), "steps": STEPS, "partner": partner}
    if not form.is_valid():
        return render(request, "partners/own/leave.html", context)
    if "_send" not in request.POST:
        return render(request, "partners/own/leave_confirm.html", context | {"rows": answers(form)})
    return _asked(
        request,
        "leave",
        field=Field.LEAVING,
        after=PartnerState.ENDED.value,
        partner_id=partner.pk,
        **form.cleaned_data,
    )


@member()
@require_safe
def show(request: PortalRequest, change_id: int) -> HttpResponse:
    change = own_change(request.actor, change_id)
    context = {
        "change": change,
        "files": StoredFile.objects.of(change, PROOF),
        "may_withdraw": change.is_waiting and _may_withdraw(request.actor, change),
    }
    return render(request, "partners/own/change.html", context)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def withdraw(request: PortalRequest, change_id: int) -> HttpResponse:
    """Asks once more."""
    change = own_change(request.actor, change_id)
    if not _may_withdraw(request.actor, change):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "partners/own/change_withdraw.html", {"change": change})
    try:
        withdraw_change(request=change, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, _("申請を取り下げました。"))
    return redirect("profile:change", change.pk)


def own_change(actor: Actor, change_id: int) -> ChangeRequest:
    own = ChangeRequest.objects.filter(partner=actor.place.partner_id)
    return get_object_or_404(own.select_related("partner"), pk=change_id)


def _may_withdraw(actor: Actor, change: ChangeRequest) -> bool:
    return (may_leave if change.is_leaving else may_edit_profile)(actor, change.partner_id)


def _asked(request: PortalRequest, draft: str, **values: Any) -> HttpResponse:
    """Sent twice, or by two at once: the second is told why not."""
    try:
        change = ask_change(actor=request.actor, **values)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
        return redirect("profile:overview")
    drafts.forget(request.actor, draft)
    messages.success(request, _("申請を受け付けました。受付のメールをお送りしました。"))
    return redirect(reverse("profile:change", args=[change.pk]))
