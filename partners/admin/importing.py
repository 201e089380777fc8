"""Staff screens for bringing partners in from a table: upload, columns, dry run, import, and one way back."""

import tempfile
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.importing.mapping import guess, refusal_of, targets
from partners.importing.reading import Table, UnreadableTable, read_table
from partners.importing.showing import bad_cells, import_progress, last_mapping, renamings
from partners.models import ImportRun
from partners.queries.partners import sections_in_use
from partners.services.importing import (
    KEPT,
    map_columns,
    start_import,
    undo_import,
    upload_table,
    why_not_undo,
)
from partners.states import ImportState
from portal.audit.models import Action
from portal.files.checks import check
from portal.files.kinds import CSV, EXCEL, MB, Limits
from portal.web.access import StaffRole
from portal.web.staff import spreadsheets
from portal.web.staff.base import StaffAdmin

LIMITS = Limits(kinds=(CSV, EXCEL), largest=20 * MB)
SAMPLES = 3
ROWS_A_PAGE = 100


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        help_text=gettext_lazy(
            "CSVかExcel（.xlsx）。1行目は見出しにしてください。文字コードはUTF-8でもShift_JISでもかまいません。"
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    table: Table

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        checked = check(name=upload.name, content=upload.read(), limits=LIMITS)
        try:
            self.table = read_table(checked.content)
        except UnreadableTable as refusal:
            raise ValidationError(str(refusal)) from refusal
        if not self.table.rows:
            raise ValidationError(_("見出しのほかに行がありません。"))
        return checked.name


class ColumnsForm(forms.Form):
    """One choice for each column, with the first cells beside it."""

    def __init__(self, run: ImportRun, data: Any = None) -> None:
        super().__init__(data)
        sections = sections_in_use()
        proposed = run.mapping or guess(run.headings, sections, last_mapping())
        choices = [("", _("取り込まない")), *targets(sections).items()]
        self.headings = dict(enumerate(run.headings))
        samples = list(run.rows.all()[:SAMPLES])
        for number, heading in self.headings.items():
            shown = [text for row in samples if (text := row.cells.get(heading, ""))]
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                required=False,
                initial=proposed.get(heading, ""),
                help_text="／".join(text[:30] for text in shown),
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if refusal := refusal_of(self.mapping):
            raise ValidationError(refusal)
        return values

    @property
    def mapping(self) -> dict[str, str]:
        return {
            heading: name
            for number, heading in self.headings.items()
            if (name := self.cleaned_data.get(f"column-{number}"))
        }


@admin.register(ImportRun)
class ImportRunAdmin(StaffAdmin):
    change_role = None
    add_action = None
    list_display = ["file_name", "state", "started_by", "created_at", "finished_at"]
    list_filter = ["state"]
    list_select_related = ["started_by"]
    search_fields = ["file_name"]

    def get_urls(self) -> list[Any]:
        steps: dict[str, Callable[..., HttpResponseBase]] = {
            "columns": self.columns_view, "start": self.start_view, "undo": self.undo_view, "problems": self.problems_view,
        }  # fmt: skip
        own = [
            path(f"<int:run_id>/{name}/", self.admin_site.admin_view(view), name=f"partners_importrun_{name}")
            for name, view in steps.items()
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        self._only_officers(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            run = upload_table(name=form.cleaned_data["file"], table=form.table, actor=request.actor)  # type: ignore[attr-defined]
            return redirect("admin:partners_importrun_columns", run.pk)
        return self._page(request, "upload", None, title=_("表を取り込む"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run: ImportRun = self.get_object(request, object_id)
        labels = targets(sections_in_use())
        bad, renaming = (
            Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
            for rows in (run.rows.bad(), run.rows.renaming())
        )
        if bad.object_list or renaming.object_list:
            # Their cells name people.
            self._record(request, Action.PERSON_VIEWED, run, {})
        return self._page(
            request,
            "run",
            run,
            title=str(run),
            progress=import_progress(run),
            bad=bad_cells(bad),
            bad_pages=bad,
            renamings=renamings(renaming),
            renaming_pages=renaming,
            may_act=self._may(request, StaffRole.OFFICER),
            can_undo=run.state == ImportState.DONE and run.rows.imported().exists(),
            columns=[(one, labels[run.mapping[one]]) for one in run.headings if run.mapping.get(one) in labels],
        )

    def columns_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = self._asked(request, run_id)
        if run.state not in (ImportState.UPLOADED, ImportState.TRIED):
            return redirect("admin:partners_importrun_change", run.pk)
        form = ColumnsForm(run, request.POST or None)
        if form.is_valid():
            return self._do(request, run, lambda: map_columns(run=run, mapping=form.mapping, actor=request.actor))  # type: ignore[attr-defined]
        return self._page(request, "columns", run, title=_("列の対応を確かめる"), form=form)

    def start_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = self._asked(request, run_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._do(request, run, lambda: start_import(run=run, actor=request.actor))  # type: ignore[attr-defined]

    def undo_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """What would be undone is seen first, and what stands against it."""
        run = self._asked(request, run_id)
        if request.method == "POST":
            return self._do(request, run, lambda: undo_import(run=run, actor=request.actor))  # type: ignore[attr-defined]
        if run.state != ImportState.DONE:
            return redirect("admin:partners_importrun_change", run.pk)
        return self._page(
            request, "undo", run, title=_("取込みを取り消す"), refusal=why_not_undo(run), progress=import_progress(run)
        )

    def problems_view(self, request: HttpRequest, run_id: int) -> HttpResponseBase:
        """Every bad cell, for whoever corrects the table."""
        run = self._asked(request, run_id)
        target = tempfile.SpooledTemporaryFile(max_size=4_000_000)  # noqa: SIM115 - FileResponse closes it
        header = [_("行"), _("列"), _("セル"), _("直すところ")]
        rows = ([cell.row, cell.heading, cell.text, cell.problem] for cell in bad_cells(run.rows.bad()))
        spreadsheets.write_csv(header, rows, target, "utf-8-sig")  # type: ignore[arg-type]
        target.seek(0)
        self._record(
            request, Action.ROWS_EXPORTED, run, {"format": (None, "csv"), "rows": (None, run.counts.get("bad", 0))}
        )
        name = _("直すところ-%d.csv") % run.pk
        return FileResponse(target, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")

    def _asked(self, request: HttpRequest, run_id: int) -> ImportRun:
        self._only_officers(request)
        run: ImportRun = self.get_object(request, str(run_id))
        return run

    def _only_officers(self, request: HttpRequest) -> None:
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied

    def _do(self, request: HttpRequest, run: ImportRun, deed: Callable[[], None]) -> HttpResponse:
        try:
            deed()
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        return redirect("admin:partners_importrun_change", run.pk)

    def _page(self, request: HttpRequest, name: str, run: ImportRun | None, **context: Any) -> TemplateResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "run": run, "kept_days": KEPT.days}
        return TemplateResponse(request, f"admin/partners/importrun/{name}.html", shared | context)
