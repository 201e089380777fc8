"""Applications: sent by one side, answered by the other; both see each other's contacts from then on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matching.forms.postings import AnswerForm, ApplicationForm
from matching.models import Application, Posting
from matching.queries.postings import standing_application, why_not_apply
from matching.rules import may_write
from matching.services.applications import answer_application, apply_for, withdraw_application
from matching.states import ApplicationState
from matching.views.common import FORM, matching
from matching.views.postings import visible
from portal.accounts import drafts
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest

PER_PAGE = 30


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def apply(request: PortalRequest, posting_id: int) -> HttpResponse:
    posting = visible(request, posting_id)
    standing = standing_application(request.actor, posting)
    # Who has typed something keeps it: the service says why it was not sent.
    if (why_not := why_not_apply(request.actor, posting)) and (standing or request.method != "POST"):
        messages.error(request, why_not)
        if standing:
            return redirect("my_matching:application", standing.pk)
        return redirect("my_matching:posting", posting.pk)
    draft = f"apply.{posting.pk}"
    kept = drafts.initial(request.actor, draft, ApplicationForm())
    known = {"contact_name": request.actor.place.person_name, "contact_email": request.actor.user.email} | kept
    form = page_form(ApplicationForm, request, initial=known)
    if form.is_valid():
        try:
            application = apply_for(posting_id=posting.pk, values=form.cleaned_data, actor=request.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            drafts.forget(request.actor, draft)
            messages.success(request, _("応募しました。募集した団体にメールで知らせました。"))
            return redirect("my_matching:application", application.pk)
    context = {"form": form, "posting": posting, "draft": drafts.ticket(request.actor, draft), "is_kept": bool(kept)}
    return render(request, "matching/own/apply.html", context)


@member()
@require_safe
@matching
def applications(request: PortalRequest) -> HttpResponse:
    """募集した案件への応募一覧, and beside it what this partner has sent itself."""
    own = request.actor.place.partner_id
    known = Application.objects.visible_to(request.actor).select_related("posting__partner", "partner")
    context = {
        "received": Paginator(known.filter(posting__partner=own), PER_PAGE).get_page(request.GET.get("page")),
        "sent": Paginator(known.filter(partner=own), PER_PAGE).get_page(request.GET.get("sent")),
    }
    return render(request, "matching/own/applications.html", context)


@member()
@require_http_methods(FORM)
@matching
def application(request: PortalRequest, application_id: int) -> HttpResponse:
    found = _application(request, application_id)
    is_poster = found.posting.partner_id == request.actor.place.partner_id
    may_answer = is_poster and found.is_open and may_write(request.actor, found.posting.partner_id)
    if request.method == "POST" and not may_answer:
        if not is_poster or not may_write(request.actor, found.posting.partner_id):
            raise PermissionDenied
        # Answered meanwhile: by a colleague, in another window, or by the same press.
        messages.error(request, _("この応募は「%s」になっています。") % found.get_state_display())
        return redirect("my_matching:application", found.pk)
    form = page_form(AnswerForm, request, application=found) if may_answer else None
    if form and form.is_valid():
        state = ApplicationState(form.cleaned_data["state"])
        try:
            answer_application(
                application_id=found.pk, state=state, answer=form.cleaned_data["answer"], actor=request.actor
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("回答を送りました。"))
            return redirect("my_matching:application", found.pk)
    may_withdraw = not is_poster and found.is_open and may_write(request.actor, found.partner_id)
    context = {
        "application": found,
        "form": form,
        "is_poster": is_poster,
        "may_write": may_write(request.actor, request.actor.place.partner_id),
        "may_withdraw": may_withdraw,
        "is_known": Posting.objects.visible_to(request.actor).filter(pk=found.posting_id).exists(),
    }
    return render(request, "matching/own/application.html", context)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def withdraw(request: PortalRequest, application_id: int) -> HttpResponse:
    """Asks once more."""
    found = _application(request, application_id)
    if not may_write(request.actor, found.partner_id):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "matching/own/application_withdraw.html", {"application": found})
    try:
        withdraw_application(application_id=found.pk, reason="", actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("応募を取り下げました。"))
    return redirect("my_matching:application", found.pk)


def _application(request: PortalRequest, application_id: int) -> Application:
    known = Application.objects.visible_to(request.actor).select_related("posting__partner", "partner", "collaboration")
    found: Application = get_object_or_404(known, pk=application_id)
    return found
