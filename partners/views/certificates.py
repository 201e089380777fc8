"""Is this organisation registered, now? The page behind the QR code, the badge for websites, and the PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partners import certificate
from partners.queries.partners import benefits_for_banks, partner_of, partner_with_code
from portal.tenancy.models import Feature
from portal.web.access import MemberRole, member, public
from portal.web.kept import kept
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest


@public
@require_safe
def check(request: PortalRequest, code: str) -> HttpResponse:
    """Never kept: it says what is so at this moment, and when that was."""
    partner = partner_with_code(code)
    if partner is None:
        raise Http404
    response = render(
        request,
        "partners/certificate.html",
        {
            "partner": partner,
            "dated_on": certificate.dated_on(partner),
            "has_directory": request.programme.has(Feature.DIRECTORY),
            "now": timezone.localtime(),
            "benefits": benefits_for_banks(request.LANGUAGE_CODE) if partner.is_listed else [],
        },
    )
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
@kept
def badge(request: PortalRequest, code: str) -> HttpResponse:
    """For the partner's own website; grey as soon as the registration is no longer valid."""
    partner = partner_with_code(code)
    if partner is None:
        raise Http404
    return render(request, "partners/badge.svg", {"partner": partner}, content_type="image/svg+xml; charset=utf-8")


@member(MemberRole.VIEWER)
@require_safe
def mine(request: PortalRequest) -> HttpResponse:
    partner = partner_of(request.actor)
    if not partner.is_listed:
        raise Http404
    return pdf_response(
        certificate.certificate_pdf(partner),
        _("登録証-%(number)d-%(name)s.pdf") % {"number": partner.number, "name": partner.name},
    )
