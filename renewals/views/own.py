"""A partner's own page about its dates: what is due, what follows, and why each date is that date."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.rules import may_edit_profile
from portal.web.access import member
from portal.web.requests import PortalRequest
from renewals.queries.showing import own_standing
from renewals.views.doors import with_reports


@member()
@require_safe
@with_reports
def overview(request: PortalRequest) -> HttpResponse:
    partner, standing = own_standing(request.actor)
    context = {
        "partner": partner,
        "standing": standing,
        "may_report": may_edit_profile(request.actor, partner.pk),
    }
    return render(request, "renewals/own/overview.html", context)
