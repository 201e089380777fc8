"""Staff screen of the published numbers: read, and amended where one was wrong. Never changed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import DailyFigures
from partners.queries.figures import TOTAL, figures_in_words
from partners.services.figures import amend_figure
from portal.web.access import StaffRole
from portal.web.forms import page_form
from portal.web.staff.base import StaffAdmin


class AmendmentForm(forms.Form):
    figure = forms.ChoiceField(label=gettext_lazy("訂正する数値"))
    value = forms.IntegerField(label=gettext_lazy("正しい値"), min_value=0, max_value=10_000_000)
    reason = forms.CharField(
        label=gettext_lazy("訂正の理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("公表します。個人の名前などは書かないでください。"),
    )  # fmt: skip

    def __init__(self, *args: Any, day: DailyFigures, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["figure"].choices = [  # type: ignore[attr-defined]
            (one.key, f"{one.counted} {one.value}：{one.number}".replace(" ：", "：")) for one in figures_in_words(day)
        ]


@admin.register(DailyFigures)
class DailyFiguresAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["on", "partners", "taken_at"]
    date_hierarchy = "on"
    fields = ["on", "taken_at"]
    change_form_template = "admin/partners/dailyfigures/change_form.html"

    def get_urls(self) -> list[Any]:
        amend = self.admin_site.admin_view(self.amend_view)
        return [path("<int:day_id>/amend/", amend, name="partners_dailyfigures_amend"), *super().get_urls()]

    @admin.display(description=gettext_lazy("登録団体"))
    def partners(self, day: DailyFigures) -> str:
        return str(day.figures[TOTAL])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {
            "figures": figures_in_words(self.get_object(request, object_id)),
            "may_amend": self._may(request, StaffRole.APPROVER),
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def amend_view(self, request: HttpRequest, day_id: int) -> HttpResponse:
        if not self._may(request, StaffRole.APPROVER):
            raise PermissionDenied
        day: DailyFigures = self.get_object(request, str(day_id))
        form = page_form(AmendmentForm, request, day=day, initial={"figure": request.GET.get("figure", TOTAL)})
        if form.is_valid():
            try:
                amend_figure(day=day, **form.cleaned_data, actor=request.actor)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("訂正を公表しました。もとの値もそのまま残ります。"))
                return redirect("admin:partners_dailyfigures_change", day.pk)
        context = {"title": _("%s の数値の訂正") % day, "opts": self.opts, "object": day, "form": form}
        template = "admin/partners/dailyfigures/amend.html"
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)
