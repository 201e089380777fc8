"""The public pages of benefits and desks, and of the open data."""

import tempfile

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.models import OpenDataSet
from partners.queries.figures import figures_table, latest_amendments, years_with_figures
from partners.queries.open_data import LICENCE, LICENCE_ADDRESS, columns
from partners.queries.partners import benefits_in, desks, latest_open_data
from portal.tenancy.models import Feature
from portal.web.access import public
from portal.web.kept import kept
from portal.web.requests import PortalRequest
from portal.web.staff import spreadsheets

CONTENT_TYPES = {
    OpenDataSet.File.CSV: "text/csv; charset=utf-8",
    OpenDataSet.File.CSV_CP932: "text/csv; charset=Shift_JIS",
    OpenDataSet.File.JSON: "application/json",
}


@public
@require_safe
@kept
def benefits(request: PortalRequest) -> HttpResponse:
    return render(request, "partners/benefits.html", {"benefits": benefits_in(request.LANGUAGE_CODE), "desks": desks()})


@public
@require_safe
@kept
def open_data(request: PortalRequest) -> HttpResponse:
    _refuse_without_directory(request)
    data = latest_open_data()
    files = [(name, label, data.sizes.get(name, 0)) for name, label in OpenDataSet.File.choices] if data else []
    return render(
        request,
        "partners/open_data.html",
        {"data": data, "files": files, "years": years_with_figures(), "amendments": latest_amendments(),
         "columns": columns(), "licence": LICENCE, "licence_address": LICENCE_ADDRESS},
    )  # fmt: skip


@public
@require_safe
def open_data_file(request: PortalRequest, name: str) -> FileResponse:
    _refuse_without_directory(request)
    data = latest_open_data()
    if data is None or name not in OpenDataSet.File.values:
        raise Http404
    file = OpenDataSet.File(name)
    response = FileResponse(
        data.open(file), as_attachment=True, filename=f"{request.programme.slug}-{data.on:%Y%m%d}-{name}",
        content_type=CONTENT_TYPES[file],
    )  # fmt: skip
    # For anybody's page and program.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    return response


@public
@require_safe
def figures_file(request: PortalRequest, year: int) -> FileResponse:
    """A fiscal year's published numbers, with the amendments beside them."""
    _refuse_without_directory(request)
    if year not in years_with_figures():
        raise Http404
    target = tempfile.SpooledTemporaryFile(max_size=4_000_000)  # noqa: SIM115 - FileResponse closes it
    header, rows = figures_table(year)
    spreadsheets.write_csv(header, rows, target, "utf-8-sig")
    target.seek(0)
    response = FileResponse(
        target, as_attachment=True, filename=f"{request.programme.slug}-figures-{year}.csv",
        content_type="text/csv; charset=utf-8",
    )  # fmt: skip
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _refuse_without_directory(request: PortalRequest) -> None:
    if not request.programme.has(Feature.DIRECTORY):
        raise Http404
