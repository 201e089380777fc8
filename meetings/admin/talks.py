"""Requests to speak for staff: accepted, placed on the board, confirmed or declined, and done."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from meetings.models import Meeting, Talk, Theme
from meetings.queries.talks import board
from meetings.services.talks import move_talk, schedule_talk
from meetings.states import TALK_TRANSITIONS, MeetingState, TalkState
from portal.files.models import StoredFile
from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.steps import state_now


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("ひとこと"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("メールに載ります。"),
    )  # fmt: skip


class DeclineForm(CommentForm):
    comment = forms.CharField(
        label=gettext_lazy("見送りの理由"), max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("メールに載ります。"),
    )  # fmt: skip


class ScheduleForm(CommentForm):
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("登壇する会"), queryset=Meeting.objects.none(), empty_label=gettext_lazy("選んでください")
    )
    at = forms.TimeField(label=gettext_lazy("時刻"), required=False, widget=forms.TimeInput({"type": "time"}))
    materials_due_on = forms.DateField(
        label=gettext_lazy("資料の締切"), required=False, widget=forms.DateInput({"type": "date"})
    )
    field_order = ("meeting", "at", "materials_due_on", "comment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = Meeting.objects.exclude(state=MeetingState.CANCELLED).upcoming(timezone.now())
        self.fields["meeting"].queryset = coming  # type: ignore[attr-defined]


def entering(state: TalkState, text: Any) -> Any:
    def preview(talk: Talk, actor: Actor) -> str:
        if state not in TALK_TRANSITIONS[TalkState(talk.state)]:
            raise LeftOut(state_now(talk))
        if state in (TalkState.CONFIRMED, TalkState.DONE) and talk.meeting is None:
            raise LeftOut(_("先に、登壇する会を決めてください。"))
        return str(text)

    return preview


def deed(name: str, label: Any, state: TalkState, text: Any, form: type[forms.Form] | None = CommentForm) -> BulkAction:
    return BulkAction(
        name=name,
        label=label,
        explanation=text,
        preview=entering(state, text),
        service=lambda item, actor, comment="": move_talk(talk=item, state=state, actor=actor, comment=comment),
        form=form,
    )


@admin.register(Talk)
class TalkAdmin(StaffAdmin):
    add_role = None
    change_role = None
    is_work = True
    change_list_template = "admin/meetings/talk/change_list.html"
    list_display = ["title", "partner", "speaker", "state", "meeting", "at", "materials_due_on"]
    list_filter = ["state", "theme", "wants_room"]
    list_select_related = ["partner", "meeting"]
    search_fields = ["title", "speaker", "partner__name", "summary"]
    personal_fields = ["speaker", "speaker_title", "co_speakers"]
    fields = [
        "partner", "state", "theme", "title", "speaker", "speaker_title", "co_speakers", "summary", "purpose", "minutes",
        "wishes", "wants_room", "room_note", "equipment", "files", "meeting", "at", "materials_due_on", "comment", "asked_by",
        "asked_at",
    ]  # fmt: skip
    readonly_fields = ["files"]
    bulk_actions = [
        deed("accept", gettext_lazy("受け付ける"), TalkState.ACCEPTED, gettext_lazy("申込みを受け付け、日程はこれから相談することをお知らせします。")),
        BulkAction(
            name="schedule",
            label=gettext_lazy("登壇する会を提案する"),
            explanation=gettext_lazy("会と時刻、資料の締切を決めて、団体にお知らせします。あとで変えられます。"),
            preview=entering(TalkState.SCHEDULING, gettext_lazy("会と時刻を決めて、お知らせします。")),
            service=lambda item, actor, **typed: schedule_talk(talk=item, actor=actor, **typed),
            form=ScheduleForm,
        ),
        deed("confirm", gettext_lazy("登壇を決定する"), TalkState.CONFIRMED, gettext_lazy("登壇を決定し、会のページに題目と団体名を載せます。")),
        deed("decline", gettext_lazy("見送る"), TalkState.DECLINED, gettext_lazy("今回は見送ることを、理由を添えてお知らせします。"), DeclineForm),
        deed("done", gettext_lazy("登壇済みにする"), TalkState.DONE, gettext_lazy("登壇済みにし、団体の利用履歴に残します。"), None),
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("ファイル"))
    def files(self, talk: Talk) -> SafeString:
        return render_to_string("components/files.html", {"files": StoredFile.objects.of(talk)})

    def get_urls(self) -> list[Any]:
        own = path("board/", require_safe(self.admin_site.admin_view(self.board)), name="meetings_talk_board")
        return [own, *super().get_urls()]

    def board(self, request: HttpRequest) -> HttpResponse:
        rows, waiting = board(timezone.now())
        context = self.admin_site.each_context(request) | {
            "title": _("登壇の予定表"), "opts": self.opts, "rows": rows, "waiting": waiting,
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/talk/board.html", context)


@admin.register(Theme)
class ThemeAdmin(StaffAdmin):
    fields = ["title", "text", "is_open", "position"]
    list_display = ["title", "is_open", "position"]
    list_filter = ["is_open"]
    search_fields = ["title", "text"]
    delete_role = StaffRole.OFFICER
