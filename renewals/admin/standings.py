"""提出の状況: how each partner stands, with every date and its reason."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partners.forms.profile import TypedDayField
from portal.web.access import Actor
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from renewals.models import Reminder, Standing
from renewals.queries.records import owed_by
from renewals.queries.reminding import preview
from renewals.queries.showing import standing_page
from renewals.services.docket import open_docket, why_not_open
from renewals.services.reminding import silence, speak_again


def preview_silence(standing: Standing, actor: Actor) -> str:
    if standing.is_silent:
        raise LeftOut(_("すでに止めています。"))
    return _("理由を付けて、期限のお知らせを止めます。")


def preview_speak(standing: Standing, actor: Actor) -> str:
    if not standing.is_silent:
        raise LeftOut(_("お知らせは止めていません。"))
    return _("期限のお知らせを、また送ります（止めた理由：%s）。") % standing.silent_because


def preview_docket(standing: Standing, actor: Actor) -> str:
    if reason := why_not_open(standing.partner, owed_by(standing.partner, timezone.localdate())):
        raise LeftOut(reason)
    return _("取消しの手続を始めます。")


class DayForm(forms.Form):
    on = TypedDayField(label=gettext_lazy("いつの予定"))

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if not 0 <= (day - timezone.localdate()).days <= 366:
            raise ValidationError(_("今日から1年以内の日を入力してください。"))
        return day


@admin.register(Standing)
class StandingAdmin(StaffAdmin):
    add_role = None
    list_display = ["partner", "number", "state", "state_since", "due_on", "mails"]
    list_filter = ["state", "partner__batch"]
    list_select_related = ["partner"]
    date_hierarchy = "due_on"
    search_fields = ["partner__name", "partner__kana"]
    fields = ["partner", "state", "state_since", "due_on", "look_again_on", "earlier_renewals", "silent_because"]
    readonly_fields = ["partner", "state", "state_since", "due_on", "look_again_on", "silent_because"]
    bulk_actions = [
        BulkAction(
            name="docket",
            label=gettext_lazy("取消しの手続を始める"),
            explanation=gettext_lazy(
                "取消しを検討する手続を始めます。団体へはまだ何も送りません。この後の通知や決定も、一つずつ職員が行います。"
            ),
            preview=preview_docket,
            service=lambda item, actor: open_docket(partner_id=item.partner_id, actor=actor),
        ),
        BulkAction(
            name="silence",
            label=gettext_lazy("期限のお知らせを止める"),
            explanation=gettext_lazy("この団体への期限のお知らせを止めます。期限そのものは変わりません。"),
            preview=preview_silence,
            service=lambda item, actor, reason: silence(standing_id=item.pk, reason=reason, actor=actor),
            form=ReasonForm,
        ),
        BulkAction(
            name="speak",
            label=gettext_lazy("期限のお知らせを再開する"),
            explanation=gettext_lazy("止めていた期限のお知らせを、また送ります。"),
            preview=preview_speak,
            service=lambda item, actor: speak_again(standing_id=item.pk, actor=actor),
        ),
    ]
    export_columns = ["number", "partner", "state", "state_since", "due_on"]
    change_list_template = "admin/renewals/standing/change_list.html"
    change_form_template = "admin/renewals/standing/change_form.html"

    @admin.display(description=gettext_lazy("登録番号"), ordering="partner__number")
    def number(self, standing: Standing) -> int | None:
        return standing.partner.number

    @admin.display(description=gettext_lazy("期限のお知らせ"))
    def mails(self, standing: Standing) -> str:
        return _("止めています") if standing.is_silent else _("送ります")

    def get_urls(self) -> list[Any]:
        reminders = require_safe(self.admin_site.admin_view(self.reminders))
        return [path("reminders/", reminders, name="renewals_standing_reminders"), *super().get_urls()]

    def reminders(self, request: HttpRequest) -> HttpResponse:
        """Who gets what tomorrow, or on another day of the next year."""
        today = timezone.localdate()
        form = DayForm(request.GET or None, initial={"on": today + timedelta(days=1)})
        day = form.cleaned_data["on"] if form.is_valid() else today + timedelta(days=1)
        context = self.admin_site.each_context(request) | {
            "title": _("お知らせの予定"), "opts": self.opts, "form": form, "preview": preview(day),
        }  # fmt: skip
        return TemplateResponse(request, "admin/renewals/standing/reminders.html", context)

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
