"""Logos: what may be had, the terms, and the files themselves. Before its rule is met, a logo is refused with the reason."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matching.forms.collaborations import AgreementForm
from matching.logos import TYPES, draw, terms_of
from matching.queries.collaborations import approved_of, barred_records, licences_of, valid_licence, why_no_logo
from matching.rules import may_write
from matching.services.collaborations import accept_logo_terms
from matching.views.common import FORM, matching
from matching.vocabulary import Logo
from partners.queries.partners import partner_of
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import MemberRole, Refusal, full_member, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@member()
@require_safe
@matching
def logos(request: PortalRequest) -> HttpResponse:
    partner = partner_of(request.actor)
    context = {
        "licences": licences_of(partner.pk),
        "refusal": why_no_logo(partner, Logo.REGISTRATION, None),
        "records": approved_of(partner.pk),
        "barred": barred_records(partner.pk),
        "valid": {logo.value for logo in Logo if valid_licence(request.actor, logo)},
        "forms": list(TYPES),
        "may_write": may_write(request.actor, partner.pk),
    }
    return render(request, "matching/own/logos.html", context)


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
@matching
def accept(request: PortalRequest, logo: str) -> HttpResponse:
    """The terms; accepted, they give a licence with a number."""
    wanted, number = _logo(logo), request.GET.get("record", "")
    record = int(number) if number.isascii() and number.isdecimal() and len(number) < 12 else None
    form = page_form(AgreementForm, request)
    if form.is_valid():
        try:
            licence = accept_logo_terms(logo=wanted, collaboration_id=record, actor=request.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("使用を許諾しました（%s）。") % licence.number)
            return redirect("my_matching:logos")
    return render(request, "matching/own/logo_terms.html", {"form": form, "logo": wanted, "terms": terms_of(wanted)})


@member()
@require_safe
@matching
def download(request: PortalRequest, logo: str, form: str) -> HttpResponse:
    wanted = _logo(logo)
    if form not in TYPES:
        raise Http404
    licence = valid_licence(request.actor, wanted)
    if licence is None:
        raise Refusal(
            _("まだ受け取れません"),
            _("連携ロゴは成果報告が承認されてから、登録ロゴは登録中に、使い方の決まりに同意すると受け取れます。"),
        )
    record_event(action=Action.LOGO_DOWNLOADED, subject=licence, actor=request.actor.user)
    response = HttpResponse(draw(wanted, request.programme, form, licence), content_type=TYPES[form])
    name = f"{wanted.value}-logo-{licence.number}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _logo(name: str) -> Logo:
    if name not in Logo:
        raise Http404
    return Logo(name)
