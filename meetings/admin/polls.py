"""Theme polls for staff: written, opened, closed, and turned into the themes for which speakers are looked for."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.admin.meetings import AnnounceForm, when
from meetings.models import PollOption, ThemePoll, Vote
from meetings.queries.polls import outcome_of
from meetings.services import polls as services
from meetings.states import SURVEY_TRANSITIONS, SurveyState
from portal.notices.forms import BETWEEN
from portal.web.access import Actor, StaffRole
from portal.web.forms import sentences_of
from portal.web.staff.base import StaffAdmin, StaffInline
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.staff.forms import StaffForm
from portal.web.steps import state_now


class PollForm(StaffForm):
    closes_at = when(gettext_lazy("締切"), help_text=gettext_lazy("この時刻ちょうどから、投票を受け付けません。"))

    class Meta:
        model = ThemePoll
        fields = ("title", "text", "most_choices", "takes_suggestions", "shows_result", "closes_at")
        widgets = {"text": forms.Textarea({"rows": 4})}


class ExtendForm(forms.Form):
    closes_at = when(gettext_lazy("新しい締切"))


def enters(state: SurveyState, text: Any) -> Any:
    def preview(item: Any, actor: Actor) -> str:
        if state not in SURVEY_TRANSITIONS[SurveyState(item.state)]:
            raise LeftOut(state_now(item))
        return str(text)

    return preview


def while_open(text: Any) -> Any:
    def preview(item: Any, actor: Actor) -> str:
        if not item.is_open_at(timezone.now()):
            raise LeftOut(_("受付中のときだけできます。"))
        return str(text)

    return preview


def announce(item: ThemePoll, actor: Actor, receivers: str) -> None:
    segment, _bar, choice = receivers.partition(BETWEEN)
    services.draft_poll_mailing(poll=item, segment=segment, choice=choice, actor=actor)


def is_fixed(poll: ThemePoll | None) -> bool:
    """What is voted on stays as it was shown."""
    return poll is not None and poll.state != SurveyState.DRAFT


class OptionInline(StaffInline):
    model = PollOption
    fields = ("title", "text", "position")
    delete_role = StaffRole.OFFICER
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_fixed(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_fixed(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_fixed(obj)


@admin.register(ThemePoll)
class ThemePollAdmin(StaffAdmin):
    form = PollForm
    change_form_template = "admin/meetings/themepoll/change_form.html"
    fields = PollForm.Meta.fields
    list_display = ["title", "state", "closes_at", "most_choices"]
    list_filter = ["state"]
    search_fields = ["title", "text"]
    inlines = [OptionInline]
    bulk_actions = [
        BulkAction(
            name="open",
            label=gettext_lazy("受付を始める"),
            explanation=gettext_lazy("登録パートナーのマイページに出し、投票を受け付けます。候補のテーマは変えられなくなります。"),
            preview=enters(SurveyState.OPEN, gettext_lazy("投票の受付を始めます。案内のメールは、まだ送りません。")),
            service=lambda item, actor: services.open_poll(poll=item, actor=actor),
        ),
        BulkAction(
            name="announce",
            label=gettext_lazy("案内のメールを用意する"),
            explanation=gettext_lazy(
                "一斉メールの下書きを作ります。「一斉メール」の画面で文面と人数を確かめてから送ってください。"
            ),
            preview=while_open(gettext_lazy("この投票の案内を、一斉メールの下書きとして用意します。まだ送りません。")),
            service=announce,
            form=AnnounceForm,
        ),
        BulkAction(
            name="extend",
            label=gettext_lazy("締切を変える"),
            explanation=gettext_lazy("受付中の投票の締切を変えます。すでに締め切った投票は、開き直せません。"),
            preview=while_open(gettext_lazy("締切を変えます。")),
            service=lambda item, actor, closes_at: services.extend_poll(poll=item, closes_at=closes_at, actor=actor),
            form=ExtendForm,
        ),
        BulkAction(
            name="close",
            label=gettext_lazy("締め切る"),
            explanation=gettext_lazy("投票を締め切ります。元には戻せません。"),
            preview=enters(SurveyState.CLOSED, gettext_lazy("いま締め切ります。元には戻せません。")),
            service=lambda item, actor: services.close_poll(poll=item, actor=actor),
        ),
    ]  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_fixed(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_poll(poll=obj, actor=request.actor)  # type: ignore[attr-defined]

    def get_urls(self) -> list[Any]:
        own = path("<int:poll_id>/result/", self.admin_site.admin_view(self.result), name="meetings_themepoll_result")
        return [own, *super().get_urls()]

    def result(self, request: HttpRequest, poll_id: int) -> HttpResponse:
        """How it stands; once it is over, POST makes the ticked themes the next ones."""
        poll = self.get_object(request, str(poll_id))
        may_act = self._may(request, StaffRole.OFFICER)
        if request.method == "POST" and not may_act:
            raise PermissionDenied
        if request.method == "POST":
            ticked = [int(key) for key in request.POST.getlist("option") if key.isdecimal() and len(key) < 19]
            try:
                made = services.choose_themes(
                    poll=poll, options=PollOption.objects.filter(poll=poll, pk__in=ticked), actor=request.actor  # type: ignore[attr-defined]
                )  # fmt: skip
            except ValidationError as refusal:
                messages.error(request, sentences_of(refusal))
            else:
                messages.success(request, _("%d件のテーマの募集を始めました。") % len(made))
            return redirect("admin:meetings_themepoll_result", poll_id)
        context = self.admin_site.each_context(request) | {
            "title": _("投票の結果"), "opts": self.opts, "object": poll, "outcome": outcome_of(poll),
            "is_over": poll.is_over_at(timezone.now()), "may_act": may_act,
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/themepoll/result.html", context)


@admin.register(Vote)
class VoteAdmin(StaffAdmin):
    """Who has voted for what: for reading, and as a file."""

    add_role = None
    change_role = None
    list_display = ["poll", "partner", "themes", "suggestion", "cast_at"]
    list_filter = [("poll", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["poll", "partner"]
    search_fields = ["partner__name", "suggestion"]
    fields = ["poll", "partner", "themes", "suggestion", "cast_by", "cast_at"]
    readonly_fields = ["themes"]
    ordering = ["-cast_at", "-id"]
    export_columns = ["poll", "partner", "themes", "suggestion", "cast_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        found: Any = super().get_queryset(request)
        return found.select_related("poll", "partner").prefetch_related("choices__option")

    @admin.display(description=gettext_lazy("選んだテーマ"))
    def themes(self, vote: Vote) -> str:
        return "、".join(str(choice.option) for choice in vote.choices.all())
