"""Staff screens for registration: the applications to be reviewed, the batches, the programme's rules for both."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.admin.paper import EntersFromPaper
from partners.admin.partners import PartnerAdmin
from partners.fields import Section
from partners.forms.application import differences, in_words
from partners.models import Application, ApplicationVersion, Batch, RegistrationSettings
from partners.queries.registration import (
    applications_like,
    checklist_of,
    partners_like,
    registration_settings,
    unchecked,
)
from partners.services.records import INDEX
from partners.services.registration import (
    approve_application,
    check_application,
    reject_application,
    return_application,
    why_not,
)
from partners.states import ApplicationState
from portal.web.access import Actor, StaffRole
from portal.web.nudges import PATIENT, nudge_on_commit
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from portal.web.staff.forms import StaffForm, ticks
from portal.web.staff.record import Change


class ApprovalForm(forms.Form):
    approved_on = forms.DateField(
        label=gettext_lazy("承認日"),
        initial=timezone.localdate,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("登録証に入る日付です。今日までの日を選んでください。"),
    )


class ReturnForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("直していただきたい点"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("このまま申請者へメールで送ります。"),
    )  # fmt: skip


class RejectionForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("登録しない理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("このまま申請者へメールで送ります。"),
    )  # fmt: skip


class ReviewForm(StaffForm):
    checklist = ticks(gettext_lazy("確かめたこと"), ())

    class Meta:
        model = Application
        fields = ("checklist",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("checklist"):
            field.choices = list(checklist_of(registration_settings()).items())  # type: ignore[attr-defined]


def sentence(application: Application, state: ApplicationState, text: str) -> str:
    if reason := why_not(application, state):
        raise LeftOut(reason)
    return text


def approval_sentence(application: Application, actor: Actor, settings: RegistrationSettings) -> str:
    text = sentence(application, ApplicationState.APPROVED, "")
    if left := unchecked(application, settings):
        raise LeftOut(_("「審査」に、確かめていない項目が%d件あります。") % len(left))
    text = _("%(batch)sとして登録し、%(email)s へ結果とログインの案内を送ります。")
    return text % {"batch": application.batch, "email": application.email}


@admin.register(Application)
class ApplicationAdmin(EntersFromPaper, StaffAdmin):
    """What was sent. What somebody is still typing is theirs alone."""

    change_action = None
    records_views = True
    is_work = True
    form = ReviewForm
    list_display = ["receipt", "name", "state", "batch", "checked", "answer_by"]
    list_display_links = ["receipt", "name"]
    list_filter = ["state", "batch", "entered_through"]
    list_select_related = ["batch"]
    search_fields = ["receipt", "name", "email"]
    export_columns = ["receipt", "name", "state", "batch", "sent_at", "answer_by", "decided_at", "email"]
    ordering = ["answer_by", "id"]
    readonly_fields = ("facts", "content", "same", "versions", "checked")
    bulk_actions = [
        BulkAction(
            name="approve",
            label=gettext_lazy("承認して登録する"),
            explanation=gettext_lazy(
                "登録番号を付け、担当者のマイページを開き、結果とログインの案内をメールで送ります。"
            ),
            preview=approval_sentence,
            knows=lambda: {"settings": registration_settings()},
            service=lambda item, actor, approved_on: approve_application(
                application=item, approved_on=approved_on, actor=actor
            ),
            form=ApprovalForm,
            approval="partners.approve_application",
        ),
        BulkAction(
            name="return",
            label=gettext_lazy("差し戻す"),
            explanation=gettext_lazy("直していただきたい点をメールで送り、申請者が直せるようにします。"),
            preview=lambda item, actor: sentence(
                item, ApplicationState.RETURNED, _("%s へ差戻しの理由を送ります。") % item.email
            ),
            service=lambda item, actor, reason: return_application(application=item, reason=reason, actor=actor),
            form=ReturnForm,
        ),
        BulkAction(
            name="reject",
            label=gettext_lazy("登録しない"),
            explanation=gettext_lazy("登録しないことを決め、理由をメールで送ります。元に戻せません。"),
            preview=lambda item, actor: sentence(
                item, ApplicationState.REJECTED, _("登録しないことを決め、%s へ理由を送ります。") % item.email
            ),
            service=lambda item, actor, reason: reject_application(application=item, reason=reason, actor=actor),
            form=RejectionForm,
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        found: QuerySet[Application] = super().get_queryset(request).exclude(sent_at=None)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        may_check = obj is not None and self.has_change_permission(request, obj)
        return [
            (None, {"fields": ("facts",)}),
            (_("申請の履歴"), {"fields": ("versions",)}),
            (_("申請の内容"), {"fields": ("content",)}),
            (_("審査"), {"fields": ("same", "checklist" if may_check else "checked")}),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == ApplicationState.SENT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        check_application(application=obj, checked=form.cleaned_data["checklist"], actor=actor)

    @admin.display(description=gettext_lazy("確認"))
    def checked(self, application: Application) -> str:
        return _("%d項目") % len(application.checklist)

    @admin.display(description=gettext_lazy("申請"))
    def facts(self, application: Application) -> str:
        return render_to_string("admin/partners/application/facts.html", {"application": application})

    @admin.display(description=gettext_lazy("内容"))
    def content(self, application: Application) -> str:
        words = [
            (page, [answer for answer in found if answer.value], [answer.label for answer in found if not answer.value])
            for page, found in in_words(application.data, registration_settings())
        ]
        return render_to_string("admin/partners/application/content.html", {"words": words})

    @admin.display(description=gettext_lazy("同じ団体かもしれないもの"))
    def same(self, application: Application) -> str:
        like = {"partners": partners_like(application), "applications": applications_like(application)}
        return render_to_string("admin/partners/application/same.html", like)

    @admin.display(description=gettext_lazy("送信と差戻し"))
    def versions(self, application: Application) -> str:
        settings = registration_settings()
        shown: list[tuple[ApplicationVersion, list[Change]]] = []
        before: ApplicationVersion | None = None
        for version in application.versions.all():
            found = differences(before.data, version.data, settings) if before else []
            shown.append((version, [Change(*one) for one in found]))
            before = version
        return render_to_string("admin/partners/application/versions.html", {"versions": shown})


@admin.register(Batch)
class BatchAdmin(StaffAdmin):
    list_display = ["__str__", "closes_on", "approved_on", "applied", "registered"]
    fields = ("label", "closes_on", "approved_on", "applied", "registered")
    readonly_fields = ("applied", "registered")
    search_fields = ["label"]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Whoever may take its partners away does so from here."""
        own = ["taken_away"] if self._may(request, PartnerAdmin.export_role) else []
        return [*self.list_display, *own]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        found: QuerySet[Batch] = super().get_queryset(request)
        return found.annotate(
            applied_count=Count("applications", distinct=True), registered_count=Count("partners", distinct=True)
        )

    @admin.display(description=gettext_lazy("申請"))
    def applied(self, batch: Any) -> str:
        if batch.pk is None:
            return "—"
        address = f"{reverse('admin:partners_application_changelist')}?batch__id__exact={batch.pk}"
        return format_html('<a href="{}">{}</a>', address, _("%d件") % batch.applied_count)

    @admin.display(description=gettext_lazy("登録された団体"))
    def registered(self, batch: Any) -> str:
        return "—" if batch.pk is None else _("%d団体") % batch.registered_count

    @admin.display(description=gettext_lazy("団体の一覧"))
    def taken_away(self, batch: Batch) -> str:
        address = f"{reverse('admin:partners_partner_export')}?batch__id__exact={batch.pk}"
        return format_html('<a href="{}">{}</a>', address, _("書き出し"))


class RequirementsField(forms.CharField):
    """One requirement after the other, with an empty line between: the Japanese sentence, and below it the English."""

    widget = forms.Textarea(attrs={"rows": 12})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n\n".join("\n".join(filter(None, (one["ja"], one.get("en", "")))) for one in value)
        return value

    def to_python(self, value: Any) -> Any:
        found = []
        for block in "\n".join((value or "").splitlines()).split("\n\n"):
            japanese, *others = [line.strip() for line in block.splitlines() if line.strip()] or [""]
            if len(others) > 1:
                raise forms.ValidationError(_("一つの要件は、日本語と英語の2行までです：「%s」") % japanese[:40])
            if japanese:
                found.append({"ja": japanese} | ({"en": others[0]} if others else {}))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class RegistrationSettingsForm(StaffForm):
    requirements = RequirementsField(
        label=gettext_lazy("登録の要件"), required=False,
        help_text=gettext_lazy("要件の間は1行空けます。日本語の文の次の行に、英語の文を書けます。"),
    )  # fmt: skip
    sections = ticks(gettext_lazy("登録情報の構成"), Section.choices)

    class Meta:
        model = RegistrationSettings
        fields = (
            "requirements",
            "rhythm",
            "answer_days",
            "sections",
            "has_soft_gate",
            "keep_closed_months",
            "migration_due_on",
        )


@admin.register(RegistrationSettings)
class RegistrationSettingsAdmin(StaffAdmin):
    """One row a programme."""

    add_role = change_role = StaffRole.APPROVER
    form = RegistrationSettingsForm
    list_display = ["__str__", "rhythm", "answer_days"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not RegistrationSettings.objects.exists()

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "sections" in form.changed_data:
            nudge_on_commit(INDEX, request.programme.pk, priority=PATIENT)
