"""For staff: what was sent, and what the scanner holds back. Files are opened from the row that they belong to."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files import services
from portal.files.models import StoredFile
from portal.files.states import FileState
from portal.web.access import StaffRole
from portal.web.staff.base import StaffAdmin


@admin.register(StoredFile)
class StoredFileAdmin(StaffAdmin):
    add_role = change_role = None
    delete_role = StaffRole.OFFICER
    list_display = ["name", "kind", "size_in_words", "state", "finding", "uploaded_by", "uploaded_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "sha256"]
    ordering = ["-id"]
    actions = ["scan_again"]

    @admin.display(description=gettext_lazy("大きさ"), ordering="size")
    def size_in_words(self, file: StoredFile) -> str:
        return file.size_in_words

    def has_delete_permission(self, request: HttpRequest, obj: StoredFile | None = None) -> bool:
        """Only what is in quarantine: other files live as long as the row that they belong to."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.state == FileState.QUARANTINED)

    def has_scan_permission(self, request: HttpRequest) -> bool:
        return self._may(request, StaffRole.OFFICER)

    def delete_model(self, request: HttpRequest, obj: StoredFile) -> None:
        services.delete_files(files=[obj], actor=request.user)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """The service puts it on record."""

    @admin.action(description=gettext_lazy("隔離したファイルをもう一度検査する"), permissions=["scan"])
    def scan_again(self, request: HttpRequest, queryset: Any) -> None:
        files = list(queryset.filter(state=FileState.QUARANTINED))
        for file in files:
            services.scan_again(file=file, actor=request.user)
        messages.info(request, _("%d件をもう一度検査します。結果はこの一覧に出ます。") % len(files))
