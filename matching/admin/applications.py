"""Applications as staff read them: both sides answer each other, the office looks on."""

from django.contrib import admin

from matching.models import Application
from portal.web.staff.base import StaffAdmin


@admin.register(Application)
class ApplicationAdmin(StaffAdmin):
    add_role = change_role = None
    records_views = True
    list_display = ["posting", "partner", "state", "sent_at", "answered_at"]
    list_filter = ["state", "method"]
    list_select_related = ["posting__partner", "partner"]
    date_hierarchy = "sent_at"
    search_fields = ["posting__title", "partner__name"]
    fields = ["posting", "partner", "state", "method", "message", "duties", "contact_name", "contact_phone",
              "contact_email", "sent_at", "answer", "answered_at", "nudged_at"]  # fmt: skip
    export_columns = ["posting", "partner", "state", "method", "sent_at", "answered_at"]
