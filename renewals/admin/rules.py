"""期限のルール: the versions of a programme's rules."""

from django.contrib import admin

from portal.web.staff.base import StaffAdmin
from renewals.models import RuleVersion


@admin.register(RuleVersion)
class RuleVersionAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["name", "effective_on", "state", "decided_by", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["decided_by"]
    fields = ["name", "effective_on", "state", "reason", "drafted_by", "drafted_at", "decided_by", "decided_at"]
