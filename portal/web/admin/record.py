"""The programme's record, and the platform's: to be read and searched; never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.models import AuditEvent, PlatformEvent
from portal.web.admin_site import platform_site
from portal.web.staff.base import StaffAdmin
from portal.web.staff.record import readable_changes, subject_name


@admin.register(AuditEvent)
class AuditEventAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["at", "action", "who", "subject", "reason"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    search_fields = ["subject_id", "reason", "actor__name", "actor__email"]
    fields = ["at", "action", "who", "subject", "reason", "what"]
    readonly_fields = ["who", "subject", "what"]
    export_columns = ["at", "action", "who", "subject", "reason", "what_in_short"]
    # Counting every action over the whole record would read all of it.
    show_facets = admin.ShowFacets.ALLOW

    def history(self, obj: Any) -> list[Any]:
        """The record of the record is the record."""
        return []

    @admin.display(description=gettext_lazy("操作した人"), ordering="actor")
    def who(self, event: AuditEvent) -> str:
        return str(event.actor or _("システム"))

    @admin.display(description=gettext_lazy("対象"))
    def subject(self, event: AuditEvent) -> str:
        return f"{subject_name(event.subject_type)} {event.subject_id}"

    @admin.display(description=gettext_lazy("変更の内容"))
    def what(self, event: AuditEvent) -> SafeString | str:
        changes = list(readable_changes(event))
        return render_to_string("admin/changes.html", {"changes": changes}) if changes else "—"

    @admin.display(description=gettext_lazy("変更の内容"))
    def what_in_short(self, event: AuditEvent) -> str:
        return "\n".join(
            f"{change.label}：{change.before} → {change.after}" if change.kept else change.label
            for change in readable_changes(event)
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


@admin.register(PlatformEvent, site=platform_site)
class PlatformEventAdmin(AuditEventAdmin):
    """What operators did outside any programme. It stays on the platform: no file of it is taken away."""

    export_columns = []
