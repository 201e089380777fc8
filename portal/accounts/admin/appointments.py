"""職員: who is on the staff of the programme. Approvers appoint, give another role by appointing anew, and end."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.forms import AddressField
from portal.accounts.models import StaffAppointment
from portal.accounts.services.staff import IsPartnersPerson, OwnAppointment, appoint, end_appointment
from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from portal.web.staff.forms import StaffForm

OWN = gettext_lazy("ご自身の権限は変えられません。ほかの承認者に頼んでください。")


class InOffice(admin.SimpleListFilter):
    title = gettext_lazy("在任")
    parameter_name = "in_office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("在任中")), ("no", gettext_lazy("終わった任命"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[StaffAppointment]") -> "QuerySet[StaffAppointment]":
        return queryset.filter(ended_at__isnull=self.value() == "yes") if self.value() else queryset


class AppointmentForm(StaffForm):
    address = AddressField(
        help_text=gettext_lazy("ここへ案内を送ります。すでに職員の方のアドレスを入れると、権限が変わります。")
    )
    name = forms.CharField(
        label=gettext_lazy("氏名"),
        max_length=80,
        help_text=gettext_lazy("すでに登録のある方は、登録されている氏名のままになります。"),
    )

    class Meta:
        model = StaffAppointment
        fields = ("role",)


def preview_end(appointment: StaffAppointment, actor: Actor) -> str:
    if appointment.ended_at:
        raise LeftOut(_("すでに終わっています。"))
    if appointment.user == actor.user:
        raise LeftOut(OWN)
    return _("すぐに職員の画面に入れなくなります。記録は残ります。")


def end(*, item: StaffAppointment, actor: Actor, reason: str) -> None:
    end_appointment(appointment=item, reason=reason, actor=actor)


@admin.register(StaffAppointment)
class StaffAppointmentAdmin(StaffAdmin):
    add_role = StaffRole.APPROVER
    change_role = None
    records_views = True
    add_action = None  # the service records it
    form = AppointmentForm
    list_display = ("person", "address", "role", "began_at", "ended_at")
    list_filter = (InOffice, "role")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    ordering = (F("ended_at").desc(nulls_first=True), "-role", "id")
    readonly_fields = ("person", "address", "began_at", "ended_at")
    bulk_actions = (
        BulkAction(
            name="end",
            label=gettext_lazy("職員の任命を終える"),
            explanation=gettext_lazy(
                "異動や退職のときに使います。担当していた仕事は、先にほかの方へ引き継いでください。"
            ),
            preview=preview_end,
            service=end,
            least=StaffRole.APPROVER,
            form=ReasonForm,
        ),
    )

    @admin.display(description=gettext_lazy("氏名"), ordering="user__name")
    def person(self, appointment: StaffAppointment) -> str:
        return appointment.user.name

    @admin.display(description=gettext_lazy("メールアドレス"), ordering="user__email")
    def address(self, appointment: StaffAppointment) -> str:
        return appointment.user.email

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("person", "address", "role", "began_at", "ended_at") if obj else ("address", "name", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        try:
            appointment = appoint(
                address=typed["address"], name=typed["name"], role=StaffRole(typed["role"]),
                actor=request.actor,  # type: ignore[attr-defined]
            )  # fmt: skip
        except IsPartnersPerson as error:
            raise ValidationError(
                {"address": _("団体の担当者のアドレスです。職員には別のアドレスを使ってください。")}
            ) from error
        except OwnAppointment as error:
            raise ValidationError({"address": OWN}) from error
        obj.pk, obj.user = appointment.pk, appointment.user
