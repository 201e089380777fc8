"""登録情報: a partner looks at what it says about itself, edits it by section, and chooses who sees it."""

from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from partners.edits import ChangedMeanwhile
from partners.fields import Section, Visibility
from partners.forms.own import SectionForm, VisibilityForm
from partners.forms.suggesting import offers_for
from partners.models import ChangeRequest, Partner
from partners.queries.partners import partner_of, partner_with_number, sections_in_use
from partners.queries.profile import own_profile, profile_for
from partners.rules import may_edit_profile, may_leave
from partners.services.profile import choose_visibility, edit_profile
from portal.accounts import drafts
from portal.web.access import MemberRole, full_member, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest

STEPS = [gettext_lazy("入力"), gettext_lazy("変更の確認"), gettext_lazy("完了")]
Stamp = TypeVar("Stamp", SectionForm, VisibilityForm)
FORM = ["GET", "HEAD", "POST"]
SEEN_BY = {
    "public": (gettext_lazy("一般の方からの見え方"), {Visibility.PUBLIC}),
    "partners": (gettext_lazy("ほかのパートナーからの見え方"), {Visibility.PUBLIC, Visibility.PARTNERS}),
}


@member()
@require_safe
def overview(request: PortalRequest) -> HttpResponse:
    partner = partner_of(request.actor)
    sections = own_profile(partner, sections_in_use())
    context = {
        "partner": partner,
        "sections": sections,
        "missing": sum(section.missing for section in sections),
        "may_edit": may_edit_profile(request.actor, partner.pk),
        "may_leave": may_leave(request.actor, partner.pk),
        "why_not": _why_not(request),
        "changes": ChangeRequest.objects.waiting().filter(partner=partner),
    }
    return render(request, "partners/own/overview.html", context)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def edit(request: PortalRequest, section: str) -> HttpResponse:
    """Input, then before and after, then done. Whatever others changed meanwhile is shown before anything is saved."""
    partner, part = editable(request), _section(section)
    draft = f"profile.{section}"
    kept = drafts.initial(request.actor, draft, SectionForm(partner=partner, section=part))
    form = page_form(SectionForm, request, partner=partner, section=part, initial=kept)
    context = {"label": part.label, "steps": STEPS, "draft": drafts.ticket(request.actor, draft)}
    if not form.is_valid():
        locked = [line for line in own_profile(partner, [part])[0].lines if line.is_locked]
        context |= {"form": form, "locked": locked, "is_kept": bool(kept), "offers": offers_for(form, request)}
        return render(request, "partners/own/edit.html", context)
    if not form.differing and not form.drift:
        drafts.forget(request.actor, draft)
        messages.info(request, _("変わったところはありませんでした。"))
        return redirect("profile:overview")
    if "_send" in request.POST:
        if _saved(request, partner, form):
            drafts.forget(request.actor, draft)
            return redirect("profile:overview")
        form = _held_against_now(form, request, partner, section=part)
    context |= {"form": form.confirmation(), "changes": form.changes, "others_changes": form.others_changes}
    return render(request, "partners/own/confirm.html", context)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def visibility(request: PortalRequest) -> HttpResponse:
    partner = editable(request)
    form = page_form(VisibilityForm, request, partner=partner, sections=sections_in_use())
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            changed = choose_visibility(
                partner_id=partner.pk, chosen=form.typed, seen=form.cleaned_data["seen"], actor=request.actor
            )
        except ChangedMeanwhile:
            form = _held_against_now(form, request, partner, sections=form.sections)
            context = {"form": form.confirmation(), "others_changes": form.others_changes}
        else:
            messages.success(request, _say(len(changed)))
            return redirect("profile:overview")
    return render(request, "partners/own/visibility.html", context)


@member()
@require_safe
def seen_by(request: PortalRequest, who: str) -> HttpResponse:
    if who not in SEEN_BY:
        raise Http404
    partner = partner_of(request.actor)
    label, visible = SEEN_BY[who]
    context = {
        "partner": partner,
        "profile": profile_for(partner, visible),
        "who": who,
        "who_label": label,
        "others": [(name, label) for name, (label, _visible) in SEEN_BY.items()],
        "may_edit": may_edit_profile(request.actor, partner.pk),
    }
    return render(request, "partners/own/seen_by.html", context)


@full_member(MemberRole.VIEWER)
@require_safe
def other_partner(request: PortalRequest, number: int) -> HttpResponse:
    """A listed partner, with what it shows to partners that take part."""
    partner = partner_with_number(number)
    if partner is None or not partner.is_listed:
        raise Http404
    context = {"partner": partner, "profile": profile_for(partner, SEEN_BY["partners"][1])}
    return render(request, "partners/own/other_partner.html", context)


def editable(request: PortalRequest) -> Partner:
    """The organisation of somebody who may edit it now."""
    partner = partner_of(request.actor)
    if not may_edit_profile(request.actor, partner.pk):
        raise PermissionDenied
    return partner


def _saved(request: PortalRequest, partner: Partner, form: SectionForm) -> bool:
    try:
        changed = edit_profile(
            partner_id=partner.pk, values=form.typed, seen=form.cleaned_data["seen"], actor=request.actor
        )
    except ChangedMeanwhile:
        return False
    messages.success(request, _say(len(changed)))
    return True


def _held_against_now(form: Stamp, request: PortalRequest, partner: Partner, **options: Any) -> Stamp:
    """The sent form once more, over what stands there now."""
    partner.refresh_from_db()
    form = type(form)(request.POST, partner=partner, **options)
    form.full_clean()
    return form


def _say(count: int) -> str:
    return ngettext("%d項目の変更を保存しました。", "%d項目の変更を保存しました。", count) % count


def _section(name: str) -> Section:
    if name not in sections_in_use():
        raise Http404
    return Section(name)


def _why_not(request: PortalRequest) -> str:
    if not request.actor.place.is_confirmed:
        return _("事務局の確認が済むまで、登録情報は変えられません。")
    if not request.actor.is_member(MemberRole.EDITOR):
        return _("登録情報を変えられるのは、担当と代表の方です。")
    return ""
