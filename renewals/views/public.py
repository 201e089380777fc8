"""The published reports: a list by year with search, and one page each."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.web.access import public
from portal.web.kept import kept
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest
from renewals.document import report_pdf
from renewals.models import Report
from renewals.queries.cohorts import cohort_rows
from renewals.queries.reports import Wish, photos_of, public_report, public_years
from renewals.views.doors import with_reports

ON_A_PAGE = 20


@public
@require_safe
@with_reports
@kept
def reports(request: PortalRequest) -> HttpResponse:
    wish = Wish.read(request.GET)
    page = Paginator(wish.found(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "renewals/reports.html", {"wish": wish, "page": page, "years": public_years()})


@public
@require_safe
@with_reports
@kept
def detail(request: PortalRequest, report_id: int) -> HttpResponse:
    report = _public(report_id)
    return render(request, "renewals/detail.html", {"report": report, "photos": photos_of(report)})


@public
@require_safe
@with_reports
@kept
def timetable(request: PortalRequest) -> HttpResponse:
    return render(request, "renewals/timetable.html", {"rows": cohort_rows()})


@public
@require_safe
@with_reports
def pdf(request: PortalRequest, report_id: int) -> HttpResponse:
    report = _public(report_id)
    return pdf_response(report_pdf(report), _("活動報告-%s.pdf") % report.receipt)


def _public(report_id: int) -> Report:
    report = public_report(report_id)
    if report is None:
        raise Http404
    return report
