"""The statistics: a public page, and a staff page with the sheet for the assembly. Any past day may be asked for."""

import io
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.backoffice.statistics import latest_day, parts_on, rows_of, sheet
from portal.tenancy.models import Feature
from portal.web.access import public, staff
from portal.web.kept import kept
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest
from portal.web.staff.spreadsheets import FileFormat, write_xlsx

FIRST_DAY = date(2000, 1, 1)


class DayForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("いつの時点か"), required=False,
        widget=forms.DateInput({"type": "date", "class": "w-s"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("きのうまでの日を選べます。同じ日の数は、いつ見ても同じです。"),
    )  # fmt: skip

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"] or latest_day()
        if not FIRST_DAY <= on <= latest_day():
            raise ValidationError(_("きのうまでの日を選んでください。"))
        return on


def _asked(request: PortalRequest) -> dict[str, Any]:
    form = DayForm(request.GET if "on" in request.GET else {"on": f"{latest_day():%Y-%m-%d}"})
    day = form.cleaned_data["on"] if form.is_valid() else latest_day()
    return {"form": form, "day": day, "parts": parts_on(day)}


def _day(request: PortalRequest) -> date:
    form = DayForm(request.GET)
    if not form.is_valid():
        raise Http404
    day: date = form.cleaned_data["on"]
    return day


@public
@require_safe
@kept
def page(request: PortalRequest) -> HttpResponse:
    if not request.programme.has(Feature.STATISTICS):
        raise Http404
    return render(request, "backoffice/statistics.html", _asked(request))


@staff()
@require_safe
def staff_page(request: PortalRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": _("統計"), "is_statistics": True}
    return render(request, "admin/backoffice/statistics/page.html", context | _asked(request))


@staff()
@require_safe
def sheet_pdf(request: PortalRequest) -> HttpResponse:
    day = _day(request)
    return pdf_response(sheet(day), f"statistics-{day}.pdf")


@staff()
@require_safe
def sheet_xlsx(request: PortalRequest) -> HttpResponse:
    day = _day(request)
    target = io.BytesIO()
    write_xlsx(*rows_of(day), target)
    response = HttpResponse(target.getvalue(), content_type=FileFormat.XLSX.content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"statistics-{day}.xlsx") or ""
    return response
