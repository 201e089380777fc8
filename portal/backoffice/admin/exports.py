"""All of a programme in one file: asked for by an approver with a reason, fetched by the same."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.backoffice.exporting import ask_export, fetch_export, has_file
from portal.backoffice.models import ProgrammeExport
from portal.backoffice.queries import request_for
from portal.backoffice.states import APPROVAL, ExportState
from portal.web.access import StaffRole
from portal.web.forms import sentences_of
from portal.web.services.approvals import needs_second_approver
from portal.web.staff.base import StaffAdmin


@admin.register(ProgrammeExport)
class ProgrammeExportAdmin(StaffAdmin):
    view_role = add_role = StaffRole.APPROVER
    change_role = None
    add_action = None  # the service records it
    add_title = gettext_lazy("全データの書き出しを依頼する")
    list_display = ["asked_at", "asked_by", "reason", "state", "rows", "files", "size"]
    list_select_related = ["asked_by"]
    ordering = ["-id"]
    fields = (
        "reason", "state", "asked_by", "asked_at", "made_at", "ended_at", "tables", "rows", "files", "size", "sha256",
    )  # fmt: skip
    change_form_template = "admin/backoffice/programmeexport/change_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What has not happened yet needs no line."""
        return [name for name in self.fields if getattr(obj, name) not in (None, "")] if obj else ["reason"]

    def get_urls(self) -> list[Any]:
        fetch = self.admin_site.admin_view(self.fetch)
        return [path("<int:export_id>/fetch/", fetch, name="backoffice_programmeexport_fetch"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {"needs_another": needs_second_approver(APPROVAL)}
        return super().add_view(request, form_url, extra | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        export = ask_export(reason=form.cleaned_data["reason"], actor=request.actor)  # type: ignore[attr-defined]
        obj.pk, obj.state = export.pk, export.state

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        export: ProgrammeExport = self.get_object(request, object_id)
        is_own = export.asked_by_id == request.user.pk
        is_gone = export.state == ExportState.READY and not has_file(export)
        may_fetch = export.state == ExportState.READY and not is_gone
        extra = {
            "may_fetch": is_own and may_fetch,
            "approval": request_for(export),
            "is_being_made": export.state == ExportState.ASKED,
            "is_anothers": not is_own and may_fetch,
            "is_gone": is_gone,
            "days": ProgrammeExport.LIFETIME.days,
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def fetch(self, request: HttpRequest, export_id: int) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        export: ProgrammeExport = self.get_object(request, str(export_id))
        try:
            file = fetch_export(export=export, actor=request.actor)  # type: ignore[attr-defined]
        except ValidationError as refusal:
            self.message_user(request, sentences_of(refusal), messages.ERROR)
            return redirect("admin:backoffice_programmeexport_change", export.pk)
        name = f"{request.programme.slug}-{timezone.localtime(export.asked_at):%Y%m%d-%H%M}.zip"  # type: ignore[attr-defined]
        response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
        # So that a browser knows when the line broke.
        response["Content-Length"] = str(export.size)
        return response

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        if obj.state == ExportState.WAITING:
            said = _("ほかの承認者に承認を依頼しました。承認されると準備を始め、できるとメールでお知らせします。")
        else:
            said = _("書き出しを準備しています。できるとメールでお知らせします。このページから受け取れます。")
        self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:backoffice_programmeexport_change", obj.pk)
