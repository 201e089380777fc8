"""The public directory, and the page of one partner."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partners.fields import Visibility
from partners.queries import directory as reading
from partners.queries.open_data import organisation
from partners.queries.partners import partner_with_number
from partners.queries.profile import profile_for
from partners.states import PartnerState
from portal.tenancy.models import Feature
from portal.web.access import ANONYMOUS, public
from portal.web.errors import error_page
from portal.web.kept import kept, near_part
from portal.web.registry import partner_sections
from portal.web.requests import PortalRequest


@public
@require_safe
@kept
def directory(request: PortalRequest) -> HttpResponse:
    _refuse_without_directory(request)
    wish = reading.Wish.read(request.GET)
    counts = reading.counts_of(wish)
    page, address = reading.page_of(wish, counts), reverse("partners:directory")

    def filters() -> str:
        found = list(reading.filters_of(wish, counts))
        return render_to_string("partners/filters.html", {"wish": wish, "filters": found, "partner_address": address})

    return render(
        request,
        "partners/directory.html",
        {
            "wish": wish,
            "page": page,
            "called": [] if page.rows else reading.choices_called(wish.query),
            # The same on every page of what was found, however deep.
            "filters": near_part(f"filters {counts.name} {wish.sort}", filters),
            "chips": reading.chips_of(wish, counts),
            "sorts": [(name, label, wish.address(sort=name)) for name, label in reading.SORTS.items()],
            "partner_address": address,
        },
    )


@public
@require_safe
@kept
def detail(request: PortalRequest, number: int) -> HttpResponse:
    _refuse_without_directory(request)
    partner = partner_with_number(number)
    if partner is None or partner.state == PartnerState.UNCONFIRMED:
        raise Http404
    if not partner.is_listed:
        return error_page(
            request,
            410,
            _("この団体の登録は、いま有効ではありません"),
            _("登録が終わったか、停止しています。一覧からほかの団体をお探しください。"),
        )
    sections = [
        (section.template, context)
        for section in partner_sections
        if (context := section.context(partner, ANONYMOUS)) is not None
    ]
    return render(
        request,
        "partners/detail.html",
        {
            "partner": partner,
            "profile": profile_for(partner, {Visibility.PUBLIC}),
            "sections": sections,
            "organisation": organisation(partner),
        },
    )


def _refuse_without_directory(request: PortalRequest) -> None:
    if not request.programme.has(Feature.DIRECTORY):
        raise Http404
