"""The public pages of benefits and desks, and of the open data."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.models import OpenDataSet
from partners.queries.open_data import LICENCE, LICENCE_ADDRESS, columns
from partners.queries.partners import benefits_in, desks, latest_open_data
from portal.tenancy.models import Feature
from portal.web.access import public
from portal.web.kept import kept
from portal.web.requests import PortalRequest

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
        {"data": data, "files": files, "columns": columns(), "licence": LICENCE, "licence_address": LICENCE_ADDRESS},
    )


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


def _refuse_without_directory(request: PortalRequest) -> None:
    if not request.programme.has(Feature.DIRECTORY):
        raise Http404
