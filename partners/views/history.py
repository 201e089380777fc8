"""What has become of a partner: 変更の履歴 (who changed what, when) and 利用履歴 (what it took part in)."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partners.queries import history
from partners.queries.partners import partner_of
from portal.web.access import member
from portal.web.requests import PortalRequest
from portal.web.staff.spreadsheets import write_csv

ON_A_PAGE = 20


@member()
@require_safe
def changes(request: PortalRequest) -> HttpResponse:
    events = history.events_of(partner_of(request.actor))
    page = Paginator(events, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": history.lines(list(page), request.actor.place.partner_id)}
    return render(request, "partners/own/history.html", context)


@member()
@require_safe
def activities(request: PortalRequest) -> HttpResponse:
    partner = partner_of(request.actor)
    wish = history.Wish.read(request.GET)
    page = Paginator(wish.found(partner), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "wish": wish, "kinds": history.kinds(), "years": history.years_of(partner)}
    return render(request, "partners/own/activities.html", context)


@member()
@require_safe
def activities_file(request: PortalRequest) -> HttpResponse:
    """The same lines, as a table for Excel."""
    partner = partner_of(request.actor)
    found = history.Wish.read(request.GET).found(partner)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="activities.csv"'
    rows = ([one.on.isoformat(), one.get_kind_display(), one.in_words] for one in found)
    write_csv([_("日付"), _("種類"), _("内容")], rows, response, "utf-8-sig")  # type: ignore[arg-type]
    return response
