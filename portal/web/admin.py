"""Staff screens for what stands below the apps: the programme itself, its pages, its record.

They stand here and not beside their models because imports go one way: tenancy and audit know nothing of screens.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme, ProgrammeHost
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.admin_site import platform_site
from portal.web.models import Page
from portal.web.staff.base import StaffAdmin, StaffInline


@admin.register(Programme)
class ProgrammeSettings(StaffAdmin):
    """A programme's own settings, on its own host."""

    add_role = None
    change_role = StaffRole.APPROVER
    change_action = Action.PROGRAMME_CHANGED
    exclude = ["slug", "is_public"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(pk=request.programme.pk)  # type: ignore[attr-defined]


@admin.register(Page)
class PageAdmin(StaffAdmin):
    list_display = ["title", "slug", "language", "updated_at"]
    list_filter = ["slug", "language"]
    search_fields = ["title", "body"]
    add_action = change_action = Action.PAGE_CHANGED


@admin.register(AuditEvent)
class AuditEventAdmin(StaffAdmin):
    """The record: to be read and searched, never changed."""

    add_role = change_role = None
    list_display = ["at", "action", "actor", "subject_type", "subject_id"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    search_fields = ["subject_type", "=subject_id", "reason"]
    # Counting every action over the whole record would read all of it.
    show_facets = admin.ShowFacets.ALLOW


class HostInline(StaffInline):
    model = ProgrammeHost
    delete_role = StaffRole.APPROVER


@admin.register(Programme, site=platform_site)
class ProgrammeAdmin(StaffAdmin):
    """All programmes, on the platform's host. What is done is put on the programme's own record."""

    add_action = Action.PROGRAMME_CREATED
    change_action = Action.PROGRAMME_CHANGED
    list_display = ["operator", "name", "slug", "is_public"]
    list_filter = ["is_public"]
    search_fields = ["operator", "name", "slug"]
    inlines = [HostInline]

    def _record(self, request: HttpRequest, action: Action, obj: Any, changes: Any) -> None:
        with programme_scope(obj):
            super()._record(request, action, obj, changes)

    def history(self, obj: Any) -> list[AuditEvent]:
        with programme_scope(obj):
            return list(super().history(obj))
