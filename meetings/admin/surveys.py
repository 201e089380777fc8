"""Questionnaires for staff: written or copied, mailed to those who came or to partners, reminded, closed, read and taken
away; and which of the partners that were asked have answered.
"""

import tempfile
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from meetings.admin.meetings import when
from meetings.admin.polls import enters, is_fixed, while_open
from meetings.models import Meeting, Survey, SurveyQuestion, Ticket
from meetings.queries.answers import header_of, results_of, rows_of, why_hidden
from meetings.queries.surveys import reach_of
from meetings.services import surveys as services
from meetings.states import SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.notices.forms import SegmentForm, segment_choices
from portal.web.access import Actor, StaffRole
from portal.web.staff import spreadsheets
from portal.web.staff.base import StaffAdmin, StaffInline
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.staff.exports import ExportForm
from portal.web.staff.spreadsheets import FileFormat


class SurveyEditForm(SegmentForm):
    receivers = forms.ChoiceField(
        label=gettext_lazy("送る相手の団体"), required=False,
        help_text=gettext_lazy(
            "会の代わりに選ぶと、団体ごとに1つの回答をいただきます。会も団体も選ばなければ、ひな形です。"
        ),
    )  # fmt: skip
    closes_at = when(gettext_lazy("締切"), required=False)

    class Meta:
        model = Survey
        fields = ("title", "text", "meeting", "is_anonymous", "closes_at")
        widgets = {"text": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("receivers"):
            field.choices = [("", _("選ばない")), *segment_choices(of_partners=True)]  # type: ignore[attr-defined]


class CopyForm(forms.Form):
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("会"), queryset=Meeting.objects.none(), required=False,
        empty_label=gettext_lazy("ひな形として写す"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = Meeting.objects.announced().order_by("-starts_at")[:50]  # type: ignore[attr-defined]


class QuestionInline(StaffInline):
    model = SurveyQuestion
    fields = ("text", "kind", "choices", "is_required", "position")
    delete_role = StaffRole.OFFICER
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_fixed(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_fixed(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_fixed(obj)


def opening(survey: Survey, actor: Actor) -> str:
    if not survey.asks_partners:
        return enters(SurveyState.OPEN, _("会に出席した方へ、いま送ります。"))(survey, actor)  # type: ignore[no-any-return]
    enters(SurveyState.OPEN, "")(survey, actor)
    partners, reached, people = reach_of(survey)
    words = _("%(reached)d団体の%(people)d人へ、いま送ります。") % {"reached": reached, "people": people}
    if partners > reached:
        words += _("送れる方がいない%d団体には送らず、回答率にも数えません。") % (partners - reached)
    return words


def asking_newcomers(survey: Survey, actor: Actor) -> str:
    if survey.asks_partners:
        raise LeftOut(_("団体に聞くアンケートは、受付を始めたときの団体だけに聞きます。"))
    return while_open(_("まだ送っていない出席者へ送ります。"))(survey, actor)  # type: ignore[no-any-return]


def copying(survey: Survey, actor: Actor) -> str:
    return _("同じ質問の下書きを作ります。宛先と回答は写しません。")


@admin.register(Survey)
class SurveyAdmin(StaffAdmin):
    form = SurveyEditForm
    change_form_template = "admin/meetings/survey/change_form.html"
    fields = ("title", "text", "meeting", "receivers", "is_anonymous", "closes_at")
    list_display = ["title", "asked", "state", "closes_at", "is_anonymous"]
    list_filter = ["state", "is_anonymous", ("meeting", admin.EmptyFieldListFilter)]
    list_select_related = ["meeting"]
    search_fields = ["title", "meeting__title"]
    inlines = [QuestionInline]
    bulk_actions = [
        BulkAction(
            name="open",
            label=gettext_lazy("受付を始めて送る"),
            explanation=gettext_lazy("会に出席した方、または選んだ団体の方へ、メールで送ります。質問は変えられなくなります。"),
            preview=opening,
            service=lambda item, actor: services.open_survey(survey=item, actor=actor),
        ),
        BulkAction(
            name="newcomers",
            label=gettext_lazy("あとから出席を記録した方へ送る"),
            explanation=gettext_lazy("まだ送っていない出席者にだけ送ります。"),
            preview=asking_newcomers,
            service=lambda item, actor: services.ask_newcomers(survey=item, actor=actor),
        ),
        BulkAction(
            name="remind",
            label=gettext_lazy("もう一度お願いする"),
            explanation=gettext_lazy("まだ回答していない方にだけ、お願いのメールを送ります。1日に1回までです。"),
            preview=while_open(gettext_lazy("まだ回答していない方へ、お願いのメールを送ります。")),
            service=lambda item, actor: services.remind_survey(survey=item, actor=actor),
        ),
        BulkAction(
            name="close",
            label=gettext_lazy("終了する"),
            explanation=gettext_lazy("回答の受付を終えます。元には戻せません。"),
            preview=enters(SurveyState.CLOSED, gettext_lazy("いま終了します。元には戻せません。")),
            service=lambda item, actor: services.close_survey(survey=item, actor=actor),
        ),
        BulkAction(
            name="duplicate",
            label=gettext_lazy("写す"),
            explanation=gettext_lazy(
                "同じ質問の下書きを、別の会のために、またはひな形として作ります。団体に聞いたものは、同じ相手のまま写ります。"
            ),
            preview=copying,
            service=lambda item, actor, meeting: services.duplicate_survey(survey=item, meeting=meeting, actor=actor),
            form=CopyForm,
        ),
    ]  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_fixed(obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return ("title", "text", "asked", "is_anonymous", "closes_at", "state")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None or self.has_change_permission(request, obj) else ["asked", "state"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        labels: dict[str, dict[str, str]] = {}
        for survey in changelist.result_list:
            survey.labels = labels
        return changelist

    @admin.display(description=gettext_lazy("聞く相手"))
    def asked(self, survey: Survey) -> str:
        return survey.receivers_in_words if survey.asks_partners else str(survey.meeting or _("ひな形"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_survey(survey=obj, actor=request.actor)  # type: ignore[attr-defined]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:survey_id>/result/", view(require_safe(self.result)), name="meetings_survey_result"),
            path("<int:survey_id>/answers/", view(self.answers), name="meetings_survey_answers"),
            *super().get_urls(),
        ]

    def result(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        survey = self.get_object(request, str(survey_id))
        context = self.admin_site.each_context(request) | {
            "title": _("アンケートの結果"), "opts": self.opts, "object": survey,
            "results": results_of(survey, timezone.now()),
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/survey/result.html", context)

    def answers(self, request: HttpRequest, survey_id: int) -> HttpResponseBase:
        """GET asks for the format; POST gives the answers as a file, shuffled, and puts that on record."""
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        survey = self.get_object(request, str(survey_id))
        hidden = why_hidden(survey, survey.tickets.counted().filter(has_answered=True).count(), timezone.now())
        form = ExportForm(request.POST or None)
        lost: list[tuple[str, int]] = []
        if form.is_valid() and not hidden:
            questions = list(survey.questions.all())
            rows = rows_of(survey, questions)
            file_format = FileFormat(form.cleaned_data["file_format"])
            if file_format == FileFormat.CSV_CP932 and not form.cleaned_data["replace"]:
                lost = spreadsheets.unmappable(rows)
            if not lost:
                reason = form.cleaned_data["reason"]
                return _file(request, survey, file_format, header_of(survey, questions), rows, reason)
        if not lost:
            del form.fields["replace"]
        context = self.admin_site.each_context(request) | {
            "title": _("回答の書き出し"), "opts": self.opts, "object": survey, "form": form, "hidden": hidden, "lost": lost,
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/survey/answers.html", context)


def _file(
    request: HttpRequest, survey: Survey, file_format: FileFormat, header: list[str], rows: list[Any], reason: str
) -> FileResponse:
    target = tempfile.SpooledTemporaryFile(max_size=4_000_000)  # noqa: SIM115 - FileResponse closes it
    spreadsheets.write(file_format, header, rows, target)  # type: ignore[arg-type]
    target.seek(0)
    record_event(
        action=Action.ROWS_EXPORTED, subject=survey, actor=request.user,  # type: ignore[arg-type]
        changes={"rows": (None, len(rows)), "format": (None, file_format.value)}, reason=reason,
    )  # fmt: skip
    name = f"survey-{survey.pk}-{timezone.localtime():%Y%m%d-%H%M}.{file_format.extension}"
    return FileResponse(target, as_attachment=True, filename=name, content_type=file_format.content_type)


@admin.register(Ticket)
class TicketAdmin(StaffAdmin):
    """Which organisations were asked, and which have answered. Of the people who came to a meeting nothing is shown."""

    # A ticket of a person has a name and an address, though none of those is shown here.
    records_views = True
    add_role = None
    change_role = None
    list_display = ["partner", "survey", "has_answered"]
    list_filter = ["has_answered", ("survey", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["partner", "survey"]
    search_fields = ["partner__name"]
    fields = ["partner", "survey", "has_answered"]
    ordering = ["partner__number", "id"]
    export_columns = ["partner", "survey", "has_answered"]

    def get_queryset(self, request: HttpRequest) -> Any:
        found: Any = super().get_queryset(request)
        return found.of_partners().counted().select_related("partner", "survey")
