"""期限の延長: deadlines moved after an outage, for everybody or a segment; seen before it is done, and taken back."""

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

from partners.forms.profile import TypedDayField
from partners.models import Batch, Partner
from partners.vocabulary.municipalities import codes_within, municipalities
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, StaffRole
from portal.web.forms import answers, page_form
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from renewals.models import Extension
from renewals.services.extending import Shift, extend, reached_by, withdraw_extension

EVERYBODY = "all"
MOST_NAMED = 100


class ExtensionForm(forms.Form):
    due_from = TypedDayField(label=gettext_lazy("延ばす期限の始まり"))
    due_to = TypedDayField(label=gettext_lazy("延ばす期限の終わり"))
    until = TypedDayField(label=gettext_lazy("新しい期限"))
    kind = forms.ChoiceField(label=gettext_lazy("対象の期限"), choices=Extension.Kind.choices, required=False)
    whom = forms.ChoiceField(label=gettext_lazy("対象の団体"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("団体へのメールと、期限の説明に載ります。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        batches = [
            (f"batch:{batch.pk}", str(batch)) for batch in Batch.objects.filter(partners__isnull=False).distinct()
        ]
        places = municipalities(current_programme().prefecture_code)
        used = Partner.objects.current().order_by().values_list("municipality", flat=True).distinct()
        found = {code for town in used if town in places for code in places[town].codes}
        towns = [(f"place:{code}", places[code].full_name) for code in sorted(found)]
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            (EVERYBODY, _("すべての団体")), (_("期"), batches), (_("市区町村"), towns),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                _checked = self.shift.fact
            except ValueError as problem:
                raise ValidationError(str(problem)) from problem
        return values

    @property
    def shift(self) -> Shift:
        typed = self.cleaned_data
        return Shift(typed["due_from"], typed["due_to"], typed["until"], typed["reason"], typed["kind"])

    @property
    def partner_ids(self) -> list[int] | None:
        how, _colon, what = self.cleaned_data["whom"].partition(":")
        if how == EVERYBODY:
            return None
        partners = Partner.objects.current()
        if how == "batch":
            found = partners.filter(batch=what)
        else:
            found = partners.filter(municipality__in=codes_within(current_programme().prefecture_code, what))
        return list(found.values_list("pk", flat=True))

    @property
    def meant_for(self) -> str:
        return next(answer.value for answer in answers(self) if answer.name == "whom")


def preview_withdrawal(extension: Extension, actor: Actor) -> str:
    if extension.withdrawn_on:
        raise LeftOut(_("すでに取り消しています。"))
    return _("もとの期限に戻し、対象の団体へメールでお知らせします。")


@admin.register(Extension)
class ExtensionAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["meant_for", "due_from", "due_to", "until", "kind", "withdrawn_on"]
    fields = ["meant_for", "is_for_all", "due_from", "due_to", "until", "kind", "reason", "recorded_on", "recorded_by",
              "withdrawn_on", "withdrawn_because"]  # fmt: skip
    change_list_template = "admin/renewals/extension/change_list.html"
    bulk_actions = [
        BulkAction(
            name="withdraw",
            label=gettext_lazy("延長を取り消す"),
            explanation=gettext_lazy("延ばした期限を、もとに戻します。"),
            preview=preview_withdrawal,
            service=lambda item, actor, reason: withdraw_extension(extension_id=item.pk, reason=reason, actor=actor),
            form=ReasonForm,
        )
    ]

    def get_urls(self) -> list[Any]:
        return [
            path("extend/", self.admin_site.admin_view(self.extend), name="renewals_extension_extend"),
            *super().get_urls(),
        ]

    def extend(self, request: HttpRequest) -> HttpResponse:
        """Input, then whom it reaches, then done."""
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        form = page_form(ExtensionForm, request)
        context = self.admin_site.each_context(request) | {"title": _("期限を延ばす"), "opts": self.opts, "form": form}
        if not form.is_valid():
            return TemplateResponse(request, "admin/renewals/extension/extend.html", context)
        if "_send" in request.POST:
            return self._extend(request, form, context)
        reached = reached_by(form.shift, form.partner_ids)
        context |= {
            "rows": answers(form), "count": len(reached), "names": Partner.objects.filter(pk__in=reached)[:MOST_NAMED],
        }  # fmt: skip
        return TemplateResponse(request, "admin/renewals/extension/confirm.html", context)

    def _extend(self, request: HttpRequest, form: ExtensionForm, context: dict[str, Any]) -> HttpResponse:
        try:
            extension = extend(
                shift=form.shift, partner_ids=form.partner_ids, meant_for=form.meant_for, actor=request.actor  # type: ignore[attr-defined]
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return TemplateResponse(request, "admin/renewals/extension/extend.html", context)
        messages.success(request, _("期限を延ばしました。対象の団体へメールでお知らせします。"))
        return redirect("admin:renewals_extension_change", extension.pk)
