"""A programme's own settings, on its own host, for its approvers."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Programme
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest
from portal.web.queries import open_approval_requests
from portal.web.services.programmes import change_programme, former_values, logo_address, restore_programme
from portal.web.staff.base import StaffAdmin
from portal.web.staff.forms import ProgrammeForm
from portal.web.staff.restore import asked_for

FIELDSETS: Any = [
    (_("名称"), {"fields": ["name", "short_name", "name_en", "operator", "operator_en", "prefecture_code"]}),
    (_("紹介文"), {"fields": ["introduction", "introduction_en", "introduction_easy"]}),
    (
        _("連絡先とメール"),
        {"fields": ["office", "office_en", "address", "address_en", "phone", "hours", "hours_en", "email", "sender"]},
    ),
    (_("見た目"), {"fields": ["palette", "new_logo", "remove_logo"]}),
    (_("言語と言葉"), {"fields": ["languages", "wording"]}),
    (
        _("機能と決まり"),
        {"fields": ["features", "second_approval", "password_rule", "staff_networks", "record_years", "inquiry_years"]},
    ),
]


@admin.register(Programme)
class ProgrammeSettings(StaffAdmin):
    form = ProgrammeForm
    fieldsets = FIELDSETS
    add_role = None
    change_role = StaffRole.APPROVER
    add_action = change_action = None
    is_restorable = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(pk=request.programme.pk)  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is only one: straight to it."""
        key = request.programme.pk  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("admin:tenancy_programme_change", args=[key]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        programme = request.programme  # type: ignore[attr-defined]
        extra = {
            "subtitle": _("事業の設定"),
            "logo_address": logo_address(bytes(programme.logo), programme.logo_type),
            "asked": open_approval_requests().filter(subject_type=self.opts.label_lower, subject_id=programme.pk),
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        request.asked = save_settings(request, obj, form)  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not (asked := request.asked):  # type: ignore[attr-defined]
            return super().response_change(request, obj)
        self.message_user(request, asked_for(asked), messages.WARNING)
        return HttpResponseRedirect(request.path)

    def former_values(self, obj: Any, event: Any) -> dict[str, tuple[Any, Any]]:
        return former_values(programme=obj, event=event)

    def restore(self, request: HttpRequest, obj: Any, event: Any) -> list[ApprovalRequest]:
        return restore_programme(programme=obj, event=event, actor=request.actor)  # type: ignore[attr-defined]


def save_settings(request: HttpRequest, programme: Programme, form: Any) -> list[ApprovalRequest]:
    """Only what was changed on the form is set, so that two approvers do not undo each other's work."""
    values = {name: form.cleaned_data[name] for name in form.changed_data if name not in ("new_logo", "remove_logo")}
    return change_programme(programme=programme, values=values, logo=form.logo, actor=request.actor)  # type: ignore[attr-defined]
