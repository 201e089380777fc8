"""Postings as partners see them: the whole board, one's own, the builder, and each step of a posting's way."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from matching.forms.postings import PostingForm
from matching.models import Posting
from matching.paper import proposal_pdf
from matching.queries.postings import (
    Wish,
    content_of,
    facts_of,
    filters_of,
    find_postings,
    may_see_contacts,
    named_for,
    own_postings,
    partners_to_name,
    role_table,
    why_not_apply,
)
from matching.queries.suggestions import partners_for, postings_for
from matching.rules import may_write
from matching.services.postings import (
    ATTACHMENTS,
    edit_posting,
    end_posting,
    extend_posting,
    name_partner,
    start_posting,
    submit_posting,
    unname_partner,
    why_not_submit,
)
from matching.states import POSTING_TRANSITIONS, PostingState
from matching.views.common import FORM, matching, offered
from partners.models import Partner
from partners.queries.partners import partner_of
from portal.accounts import drafts
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import page_form
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest

PER_PAGE = 20
ENDED = {state for state, following in POSTING_TRANSITIONS.items() if not following}
SIZES = {"plan": False, "wish": True}


@member()
@require_safe
@matching
def board(request: PortalRequest) -> HttpResponse:
    """What is open to everybody, and what this partner is named for."""
    wish = Wish.read(request.GET)
    page = Paginator(find_postings(request.actor, wish), PER_PAGE).get_page(request.GET.get("page"))
    named = named_for(request.actor.place.partner_id)
    context = {
        "wish": wish,
        "page": page,
        "filters": filters_of(request.actor, wish),
        "named": named,
        "suggestions": [] if wish.is_narrowed or page.number > 1 else postings_for(request.actor),
    }
    return render(request, "matching/own/board.html", context)


@member()
@require_safe
@matching
def mine(request: PortalRequest) -> HttpResponse:
    own = request.actor.place.partner_id
    context = {"postings": own_postings(own), "may_write": may_write(request.actor, own)}
    return render(request, "matching/own/mine.html", context)


@member()
@require_safe
@matching
def detail(request: PortalRequest, posting_id: int) -> HttpResponse:
    """One's own as others will see it, with what can be done; another's with contacts and the way to apply."""
    posting = visible(request, posting_id)
    is_own = posting.partner_id == request.actor.place.partner_id
    context = {
        "posting": posting,
        "facts": facts_of(posting),
        "sections": content_of(posting),
        "roles": role_table(posting),
        "files": StoredFile.objects.of(posting, ATTACHMENTS),
        "is_own": is_own,
        "may_write": may_write(request.actor, posting.partner_id),
        "may_apply": may_write(request.actor, request.actor.place.partner_id),
        "designees": list(posting.designations.select_related("partner")) if is_own else [],
        "shows_contacts": may_see_contacts(request.actor, posting),
        "refusal": "" if is_own else why_not_apply(request.actor, posting),
        "own_applications": posting.applications.filter(partner=request.actor.place.partner_id),
        "why_not_submit": why_not_submit(posting) if is_own else "",
        "next_states": posting.next_states,
        "suggestions": partners_for(posting)
        if is_own and posting.state not in ENDED and request.actor.may_take_part
        else [],
    }
    return render(request, "matching/own/posting.html", context)


@member()
@require_safe
@matching
def document(request: PortalRequest, posting_id: int) -> HttpResponse:
    posting = visible(request, posting_id)
    pdf = proposal_pdf(posting, with_contacts=may_see_contacts(request.actor, posting))
    return pdf_response(pdf, _("企画書-%d.pdf") % posting.pk)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def new(request: PortalRequest, size: str) -> HttpResponse:
    if size not in SIZES:
        raise Http404
    partner = partner_of(request.actor)
    posting = Posting(
        partner=partner,
        is_short=SIZES[size],
        goals=partner.goals,
        contact_name=request.actor.place.person_name,
        contact_email=request.actor.user.email,
        brings=partner.offers,
        seeks=partner.needs,
    )
    return _build(request, posting, f"posting.{size}")


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def edit(request: PortalRequest, posting_id: int) -> HttpResponse:
    posting = own(request, posting_id)
    # Who has typed something keeps it: the service says why it was not saved.
    if request.method != "POST" and not posting.is_editable:
        messages.error(request, _("「%s」の募集は変えられません。") % posting.get_state_display())
        return redirect("my_matching:posting", posting.pk)
    return _build(request, posting, f"posting.{posting.pk}")


def _build(request: PortalRequest, posting: Posting, draft: str) -> HttpResponse:
    sender = Sender(request)
    kept = drafts.initial(request.actor, draft, PostingForm(instance=posting, sender=sender))
    kept.pop("attachments", None)
    kept.pop("revision", None)
    form = page_form(PostingForm, request, instance=posting, sender=sender, initial=kept)
    if form.is_valid():
        try:
            saved = _saved(request, posting, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            drafts.forget(request.actor, draft)
            is_to_name = saved.is_named and saved.state != PostingState.SUBMITTED and not saved.designations.exists()
            return redirect("my_matching:designees" if is_to_name else "my_matching:posting", saved.pk)
    context = {
        "form": form,
        "posting": posting,
        "is_listed": bool(posting.pk) and Posting.objects.open().filter(pk=posting.pk).exists(),
        "draft": drafts.ticket(request.actor, draft),
        "is_kept": bool(kept),
    }
    return render(request, "matching/own/builder.html", context)


def _saved(request: PortalRequest, posting: Posting, form: PostingForm) -> Posting:
    typed: dict[str, Any] = {"values": form.values, "files": form.cleaned_data["attachments"], "actor": request.actor}
    if posting.pk:
        saved = edit_posting(posting_id=posting.pk, revision=form.cleaned_data["revision"], **typed)
    else:
        saved = start_posting(is_short=posting.is_short, **typed)
    messages.success(
        request,
        _("保存し、事務局へ提出しました。") if saved.state == PostingState.SUBMITTED else _("保存しました。"),
    )
    return saved


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def designees(request: PortalRequest, posting_id: int) -> HttpResponse:
    """Search, pick, done: each press is a form of its own, so that it needs no script."""
    posting = own(request, posting_id)
    query = request.GET.get("q", "").strip()[:100]
    if request.method == "POST":
        _name(request, posting)
        return redirect(request.get_full_path())
    context = {
        "posting": posting,
        "query": query,
        "found": partners_to_name(posting, query),
        "designees": list(posting.designations.select_related("partner")),
    }
    return render(request, "matching/own/designees.html", context)


@full_member(MemberRole.EDITOR)
@require_safe
@matching
def find_designee(request: PortalRequest, posting_id: int) -> HttpResponse:
    """Names for who types: the same partners as the page itself finds."""
    posting = own(request, posting_id)
    return offered(partners_to_name(posting, request.GET.get("q", "").strip()[:100]))


def _name(request: PortalRequest, posting: Posting) -> None:
    deeds = {"add": name_partner, "remove": unname_partner}
    wanted = next((name for name in deeds if request.POST.get(name, "").isdecimal()), None)
    if wanted is None:
        raise Http404
    partner = get_object_or_404(Partner, pk=int(request.POST[wanted][:12]))
    try:
        deeds[wanted](posting_id=posting.pk, partner=partner, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def act(request: PortalRequest, posting_id: int, deed: str) -> HttpResponse:
    """Submit, extend, close, withdraw: said once more what it means, then done."""
    posting = own(request, posting_id)
    if deed not in DEEDS:
        raise Http404
    if request.method != "POST":
        return render(request, "matching/own/act.html", {"posting": posting, "deed": deed, "title": ACTS[deed]})
    try:
        DEEDS[deed](posting_id=posting.pk, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, {
            "submit": _("事務局へ提出しました。確認が済むとメールでお知らせします。"),
            "extend": _("募集を延長しました。"),
            "close": _("募集を終えました。"),
            "withdraw": _("募集を取り下げました。"),
        }[deed])  # fmt: skip
    return redirect("my_matching:posting", posting.pk)


def _close(*, posting_id: int, actor: Any) -> Posting:
    return end_posting(posting_id=posting_id, state=PostingState.CLOSED, actor=actor)


def _withdraw(*, posting_id: int, actor: Any) -> Posting:
    return end_posting(posting_id=posting_id, state=PostingState.WITHDRAWN, actor=actor)


ACTS = {
    "submit": gettext_lazy("事務局へ提出する"),
    "extend": gettext_lazy("募集を延長する"),
    "close": gettext_lazy("募集を終える"),
    "withdraw": gettext_lazy("募集を取り下げる"),
}
DEEDS: dict[str, Any] = {"submit": submit_posting, "extend": extend_posting, "close": _close, "withdraw": _withdraw}


def visible(request: PortalRequest, posting_id: int) -> Posting:
    found: Posting = get_object_or_404(
        Posting.objects.visible_to(request.actor).select_related("partner"), pk=posting_id
    )
    return found


def own(request: PortalRequest, posting_id: int) -> Posting:
    posting = visible(request, posting_id)
    if not may_write(request.actor, posting.partner_id):
        raise PermissionDenied
    return posting
