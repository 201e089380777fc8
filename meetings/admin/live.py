"""The room's board for staff: made, opened, moderated during the meeting, and taken away afterwards."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.admin.polls import enters
from meetings.models import Board, Idea, LiveQuestion
from meetings.queries.live import desk_of, questions_of
from meetings.services.live import move_board, move_idea, move_live_question
from meetings.states import IdeaState, SurveyState
from portal.web.access import StaffRole
from portal.web.forms import sentences_of
from portal.web.staff.base import StaffAdmin, StaffInline
from portal.web.staff.bulk import BulkAction

# What staff do with an idea, by the state that it enters.
MOVES = {
    IdeaState.WAITING: "",
    IdeaState.SHOWN: gettext_lazy("見せる"),
    IdeaState.ANSWERED: gettext_lazy("回答済みにする"),
    IdeaState.HIDDEN: gettext_lazy("隠す"),
}


class LiveQuestionInline(StaffInline):
    model = LiveQuestion
    fields = ("text", "choices", "position")
    show_change_link = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A question that the room may have answered stays as it was asked."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == SurveyState.DRAFT)


@admin.register(Board)
class BoardAdmin(StaffAdmin):
    change_form_template = "admin/meetings/board/change_form.html"
    fields = ["title", "meeting", "text", "shows_first", "code"]
    readonly_fields = ["code"]
    list_display = ["title", "meeting", "state", "code"]
    list_filter = ["state"]
    list_select_related = ["meeting"]
    search_fields = ["title", "meeting__title"]
    inlines = [LiveQuestionInline]
    bulk_actions = [
        BulkAction(
            name="open",
            label=gettext_lazy("受付を始める"),
            explanation=gettext_lazy("会場の画面とスマートフォンのページを開き、質問やアイデアを受け付けます。"),
            preview=enters(SurveyState.OPEN, gettext_lazy("会場の画面とスマートフォンのページを開きます。")),
            service=lambda item, actor: move_board(board=item, state=SurveyState.OPEN, actor=actor),
        ),
        BulkAction(
            name="close",
            label=gettext_lazy("終了する"),
            explanation=gettext_lazy("受付を終えます。届いたものは、そのまま見られます。元には戻せません。"),
            preview=enters(SurveyState.CLOSED, gettext_lazy("いま終了します。元には戻せません。")),
            service=lambda item, actor: move_board(board=item, state=SurveyState.CLOSED, actor=actor),
        ),
    ]  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_fields(request, obj)
        return names if obj else [name for name in names if name != "code"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Its state is changed by deeds alone, perhaps at this moment."""
        obj.save(update_fields=form.changed_data if change else None)

    def get_urls(self) -> list[Any]:
        own = path("<int:board_id>/desk/", self.admin_site.admin_view(self.desk), name="meetings_board_desk")
        return [own, *super().get_urls()]

    def desk(self, request: HttpRequest, board_id: int) -> HttpResponse:
        """GET shows what has come in; POST moves one idea or one question."""
        board = self.get_object(request, str(board_id))
        may_act = self._may(request, StaffRole.OFFICER)
        if request.method == "POST":
            if not may_act:
                raise PermissionDenied
            try:
                self._move(request, board)
            except ValidationError as refusal:
                messages.error(request, sentences_of(refusal))
            return redirect("admin:meetings_board_desk", board_id)
        context = self.admin_site.each_context(request) | {
            "title": _("届いた質問とアイデア"), "opts": self.opts, "object": board, "may_act": may_act,
            "lines": desk_of(board, MOVES), "questions": questions_of(board, with_drafts=True), "now": timezone.now(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/board/desk.html", context)

    def _move(self, request: HttpRequest, board: Board) -> None:
        actor: Any = request.actor  # type: ignore[attr-defined]
        kind, _bar, key = request.POST.get("what", "").partition("-")
        state = request.POST.get("state", "")
        if not (key.isdecimal() and len(key) < 19):
            raise Http404
        if kind == "idea" and state in IdeaState.values and (idea := board.ideas.filter(pk=key).first()):
            move_idea(idea=idea, state=IdeaState(state), actor=actor)
        elif kind == "question" and state in SurveyState.values and (asked := board.questions.filter(pk=key).first()):
            move_live_question(question=asked, state=SurveyState(state), actor=actor)
        else:
            raise Http404


@admin.register(Idea)
class IdeaAdmin(StaffAdmin):
    """Everything that came in, for reading and as a file."""

    add_role = None
    change_role = None
    list_display = ["text", "kind", "name", "board", "state", "backers", "sent_at"]
    list_filter = ["state", "kind", ("board", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["board"]
    search_fields = ["text", "name"]
    fields = ["board", "kind", "text", "name", "state", "sent_at"]
    personal_fields = ["name"]
    records_views = True
    ordering = ["-sent_at", "-id"]
    export_columns = ["board", "kind", "text", "name", "state", "backers", "sent_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        found: Any = super().get_queryset(request)
        return found.annotate(count=Count("backings"))

    @admin.display(description=gettext_lazy("「わたしも」の数"))
    def backers(self, idea: Any) -> int:
        return int(idea.count)
