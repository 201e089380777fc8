"""提出の状況: how each partner stands, with every date and its reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from portal.web.staff.base import StaffAdmin
from renewals.models import Reminder, Standing
from renewals.queries.records import owed_by
from renewals.queries.showing import standing_page


@admin.register(Standing)
class StandingAdmin(StaffAdmin):
    add_role = None
    list_display = ["partner", "number", "state", "state_since", "due_on", "look_again_on", "is_silent"]
    list_filter = ["state", "partner__batch"]
    list_select_related = ["partner"]
    date_hierarchy = "due_on"
    search_fields = ["partner__name", "partner__kana"]
    fields = ["partner", "state", "state_since", "due_on", "look_again_on", "earlier_renewals", "silent_because"]
    readonly_fields = ["partner", "state", "state_since", "due_on", "look_again_on", "silent_because"]
    export_columns = ["number", "partner", "state", "state_since", "due_on"]
    change_form_template = "admin/renewals/standing/change_form.html"

    @admin.display(description=gettext_lazy("登録番号"), ordering="partner__number")
    def number(self, standing: Standing) -> int | None:
        return standing.partner.number

    @admin.display(description=gettext_lazy("お知らせを止めている"), boolean=True)
    def is_silent(self, standing: Standing) -> bool:
        return standing.is_silent

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.look_again_on = timezone.localdate()
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        standing: Standing = self.get_object(request, object_id)
        answer = owed_by(standing.partner, timezone.localdate())
        extra = {
            "standing": standing_page(answer) if answer else None,
            "reminders": Reminder.objects.filter(partner=standing.partner)[:20],
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))
