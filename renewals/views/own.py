"""A partner's own page about its dates: what is due, what follows, and why each date is that date."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.queries.partners import partner_of
from partners.rules import may_edit_profile
from portal.web.access import MemberRole, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest
from renewals.forms.grace import GraceForm
from renewals.queries.dockets import hearing_of, open_docket_of
from renewals.queries.federating import arrival_lines
from renewals.queries.receivers import wants_duty_mail
from renewals.queries.reports import own_reports
from renewals.queries.showing import StandingPage, own_standing
from renewals.services.docket import ask_for_grace
from renewals.services.reminding import choose_duty_mail
from renewals.services.reports import Covers, what_may_be_reported
from renewals.views.doors import with_reports


@member()
@require_safe
@with_reports
def overview(request: PortalRequest) -> HttpResponse:
    partner, standing = own_standing(request.actor)
    docket = open_docket_of(partner.pk)
    context = {
        "reports": own_reports(partner.pk),
        "extra_year": _year_to_add_to(standing),
        "partner": partner,
        "docket": docket,
        "hearing": hearing_of(docket),
        "wants_mail": wants_duty_mail(request.actor),
        "standing": standing,
        "may_report": may_edit_profile(request.actor, partner.pk),
        "arrivals": arrival_lines(request.actor.user, _open(standing)) if standing else [],
    }
    return render(request, "renewals/own/overview.html", context)


@member()
@require_POST
@with_reports
def duty_mail(request: PortalRequest) -> HttpResponse:
    choose_duty_mail(wants="wants" in request.POST, actor=request.actor)
    messages.success(request, _("期限のお知らせの受け取り方を変えました。"))
    return redirect("renewals:own")


@member(MemberRole.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
@with_reports
def grace(request: PortalRequest) -> HttpResponse:
    """More time, asked for in the partner's own words."""
    partner = partner_of(request.actor)
    docket = open_docket_of(partner.pk)
    if docket is None:
        raise Http404
    form = page_form(GraceForm, request)
    if form.is_valid():
        try:
            ask_for_grace(partner_id=partner.pk, actor=request.actor, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("猶予の申出を送りました。事務局からの返事をお待ちください。"))
            return redirect("renewals:own")
    return render(request, "renewals/own/grace.html", {"form": form, "docket": docket})


def _year_to_add_to(standing: StandingPage | None) -> int | None:
    """One may always report more than is asked for."""
    if standing is None:
        return None
    asked = {line.what_for for line in standing.open}
    more = [covers.fiscal_year for what, covers in _open(standing).items() if what not in asked]
    return more[0] if more else None


def _open(standing: StandingPage) -> dict[str, Covers]:
    return what_may_be_reported(standing.answer, standing.answer.today)
