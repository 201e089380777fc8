"""What staff take away from a list: the rows as they are filtered, in a file, and always on record."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.staff import spreadsheets
from portal.web.staff.spreadsheets import FileFormat

# A file beyond this is no list for an officer but a copy of everything: the open data and the backup are for that.
MOST_ROWS = 50_000
# What stands in a list's address beside its filters.
NO_FILTERS = {SEARCH_VAR, ORDER_VAR, PAGE_VAR, ALL_VAR, ERROR_FLAG}


class ExportForm(forms.Form):
    file_format = forms.ChoiceField(
        label=gettext_lazy("ファイルの形式"),
        choices=FileFormat.choices,
        initial=FileFormat.CSV,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("使いみち"), max_length=200, help_text=gettext_lazy("記録に残ります。"))
    replace = forms.BooleanField(label=gettext_lazy("Shift_JISにない文字を「〓」に置き換える"), required=False)


def export_view(admin: Any, request: HttpRequest) -> HttpResponseBase:
    """GET asks for the format; POST gives the file, or says which characters would be lost in it."""
    if not admin.may_export(request):
        raise PermissionDenied
    try:
        changelist = admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        # The list itself knows what to do with a filter that does not exist.
        return HttpResponseRedirect(f"../?{request.GET.urlencode()}")
    found = changelist.get_queryset(request)
    count = found.order_by()[: MOST_ROWS + 1].count()
    form = ExportForm(request.POST or None)
    lost: list[tuple[str, int]] = []
    if form.is_valid() and count <= MOST_ROWS:
        file_format = FileFormat(form.cleaned_data["file_format"])
        if file_format == FileFormat.CSV_CP932 and not form.cleaned_data["replace"]:
            lost = spreadsheets.unmappable(rows_of(admin, found))
        if not lost:
            return file_of(admin, request, found, file_format, form.cleaned_data["reason"])
    if not lost:
        del form.fields["replace"]
    context = admin.admin_site.each_context(request) | {
        "title": _("%sの書き出し") % admin.opts.verbose_name_plural,
        "opts": admin.opts,
        "form": form,
        "count": count,
        "too_many": count > MOST_ROWS and MOST_ROWS,
        "lost": lost,
        "columns": header_of(admin),
        "is_filtered": bool(changelist.params or changelist.query),
        "back": changelist.get_query_string(),
    }
    return TemplateResponse(request, "admin/export.html", context)


def file_of(
    admin: Any, request: HttpRequest, found: models.QuerySet[Any], file_format: FileFormat, reason: str
) -> HttpResponseBase:
    # Written to the end before the answer starts: the programme's scope closes with the view.
    target = tempfile.SpooledTemporaryFile(max_size=4_000_000)  # noqa: SIM115 - FileResponse closes it
    counted = Counted(rows_of(admin, found))
    spreadsheets.write(file_format, header_of(admin), counted, target)  # type: ignore[arg-type]
    target.seek(0)
    record_taking(admin, request, count=counted.count, how=file_format.value, reason=reason)
    name = f"{admin.opts.model_name}-{timezone.localtime():%Y%m%d-%H%M}.{file_format.extension}"
    return FileResponse(target, as_attachment=True, filename=name, content_type=file_format.content_type)


def record_taking(admin: Any, request: HttpRequest, *, count: int, how: str, reason: str) -> None:
    """What was typed into the search, or stands in a filter's value, may name a person: the record keeps that it was."""
    filters = sorted(name for name in request.GET if name not in NO_FILTERS)
    record_event(
        action=Action.ROWS_EXPORTED,
        subject=request.programme,  # type: ignore[attr-defined]
        actor=request.user,  # type: ignore[arg-type]
        changes={
            "rows": (None, f"{count}件の{admin.opts.verbose_name}"),
            "format": (None, how),
            "filter": (None, filters),
            "searched": (None, bool(request.GET.get(SEARCH_VAR))),
        },
        reason=reason,
    )


class Counted:
    def __init__(self, rows: Iterator[list[Any]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def header_of(admin: Any) -> list[str]:
    return [str(label_for_field(name, admin.model, admin)) for name in admin.export_columns]


def rows_of(admin: Any, found: models.QuerySet[Any]) -> Iterator[list[Any]]:
    for row in found.iterator(chunk_size=1000):
        yield [plain(value_of(admin, row, name)) for name in admin.export_columns]


def value_of(admin: Any, row: models.Model, name: str) -> Any:
    field, _attribute, value = lookup_field(name, row, admin)
    if field is not None and field.flatchoices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(field, models.ForeignKey):
        return getattr(row, field.name)
    return value


def plain(value: Any) -> Any:
    """As a person reads it, and as an import reads it back."""
    match value:
        case None:
            return ""
        case bool():
            return str(_("はい") if value else _("いいえ"))
        case int() | float():
            return value
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case list() | tuple() | set():
            return "、".join(str(plain(one)) for one in value)
        case _:
            return str(value)
