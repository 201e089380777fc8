"""期限のルール: drafted by form, tried on all partners, decided by an approver for a day to come."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.web.access import Actor, StaffRole
from portal.web.forms import answers, page_form
from portal.web.registry import Approval
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from renewals.examples import NEW_KANAGAWA, READING_A
from renewals.forms.rules import RulesForm
from renewals.models import RuleVersion
from renewals.queries.trying import try_version
from renewals.rules_json import read_rules, write_rules
from renewals.services.rules import apply_rules, draft_rules, why_not_apply, why_not_withdraw, withdraw_rules

APPROVAL = "renewals.apply_rules"


def preview_apply(version: RuleVersion, actor: Actor) -> str:
    if reason := why_not_apply(version):
        raise LeftOut(reason)
    return _("%(day)sから「%(name)s」を施行します。") % {"day": version.effective_on, "name": version.name}


def preview_withdraw(version: RuleVersion, actor: Actor) -> str:
    if reason := why_not_withdraw(version):
        raise LeftOut(reason)
    return _("「%s」を取り下げます。") % version.name


@admin.register(RuleVersion)
class RuleVersionAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["name", "effective_on", "state", "decided_by", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["decided_by"]
    fields = ["name", "effective_on", "state", "reason", "drafted_by", "drafted_at", "decided_by", "decided_at"]
    change_list_template = "admin/renewals/ruleversion/change_list.html"
    change_form_template = "admin/renewals/ruleversion/change_form.html"
    bulk_actions = [
        BulkAction(
            name="apply",
            label=gettext_lazy("このルールに決める"),
            explanation=gettext_lazy(
                "施行日から、このルールで期限を数えます。先に「試してみる」で、だれの日付が動くかを確かめてください。"
            ),
            preview=preview_apply,
            service=lambda item, actor: apply_rules(version_id=item.pk, actor=actor),
            least=StaffRole.APPROVER,
            approval=APPROVAL,
        ),
        BulkAction(
            name="withdraw",
            label=gettext_lazy("取り下げる"),
            explanation=gettext_lazy("試案、または施行前のルールを取り下げます。"),
            preview=preview_withdraw,
            service=lambda item, actor, reason: withdraw_rules(version_id=item.pk, reason=reason, actor=actor),
            least=StaffRole.APPROVER,
            form=ReasonForm,
        ),
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("draft/", view(self.draft), name="renewals_ruleversion_draft"),
            path("<int:version_id>/try/", require_safe(view(self.trial)), name="renewals_ruleversion_try"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        version: RuleVersion = self.get_object(request, object_id)
        extra = {"rows": in_words(version)}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def draft(self, request: HttpRequest) -> HttpResponse:
        """A new version, beginning from the one in force."""
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        latest = RuleVersion.objects.approved().first()
        data = latest.data if latest else NEW_KANAGAWA | READING_A
        form = page_form(RulesForm, request, initial=RulesForm.initial_of(_whole(data)))
        if form.is_valid():
            try:
                version = draft_rules(data=form.rules, reason=form.cleaned_data["reason"], actor=request.actor)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                for name, reasons in refusal.message_dict.items():
                    form.add_error(name if name in form.fields else None, reasons)
            else:
                messages.success(request, _("試案を保存しました。まだだれにも適用されません。"))
                return redirect("admin:renewals_ruleversion_try", version.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("ルールを変える"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/renewals/ruleversion/draft.html", context)

    def trial(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = get_object_or_404(RuleVersion, pk=version_id)
        context = self.admin_site.each_context(request) | {
            "title": _("試してみる：%s") % version.name, "opts": self.opts, "object": version,
            "trial": try_version(version, timezone.localdate()),
        }  # fmt: skip
        return TemplateResponse(request, "admin/renewals/ruleversion/try.html", context)


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    """With what was left to its default."""
    return write_rules(read_rules(data))


def in_words(version: RuleVersion) -> list[Any]:
    """The rules with the labels of the form."""
    data = _whole(version.data)
    initial = RulesForm.initial_of(data) | {"name": version.name, "effective_on": version.data["effective_on"]}
    form = RulesForm({name: value for name, value in initial.items() if value is not None} | {"reason": "—"})
    return [row for row in answers(form) if row.name != "reason"] if form.is_valid() else []


def carry_out(*, subject_id: str, data: dict[str, Any], actor: Actor) -> None:
    apply_rules(version_id=int(subject_id), actor=actor)


approval = Approval(
    label=gettext_lazy("期限のルールの決定"),
    carry_out=carry_out,
    url=lambda key: reverse("admin:renewals_ruleversion_change", args=[key]),
)
