"""What happens in the room: ideas come in, others say "me too", staff show, hide and tick them, and ask the room."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Backing, Board, Idea, LiveAnswer, LiveQuestion
from meetings.states import IDEA_TRANSITIONS, SURVEY_TRANSITIONS, IdeaState, SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, only_staff
from portal.web.steps import refuse_wrong_step

# More than any room sends; a board that somebody fills on purpose stays readable, and opens again as staff hide.
MOST_IDEAS = 1000


@transaction.atomic
def move_board(*, board: Board, state: SurveyState, actor: Actor) -> None:
    only_staff(actor)
    board = _locked(board.pk)
    refuse_wrong_step(board, state, SURVEY_TRANSITIONS)
    before, board.state = board.state, state
    board.save(update_fields=["state"])
    record_event(action=Action.SURVEY_MOVED, subject=board, actor=actor.user, changes={"state": (before, state)})


@transaction.atomic
def send_idea(
    *, board: Board, kind: Idea.Kind, text: str, name: str, form_key: UUID, now: datetime | None = None
) -> Idea:
    """Pressed twice, it is one. Who sent it is known to nobody but by the name that they typed."""
    board = _locked(board.pk)
    sent: Idea | None = Idea.objects.filter(form_key=form_key).first()
    if sent:
        return sent
    _refuse_unless_open(board)
    if board.ideas.exclude(state=IdeaState.HIDDEN).count() >= MOST_IDEAS:
        raise ValidationError(_("たくさん届いたため、受付を止めました。"))
    idea: Idea = Idea.objects.create(
        board=board, kind=kind, text=text, name=name, form_key=form_key, sent_at=now or timezone.now(),
        state=IdeaState.SHOWN if board.shows_first else IdeaState.WAITING,
    )  # fmt: skip
    return idea


@transaction.atomic
def back_idea(*, idea: Idea, device: str) -> None:
    """Says "me too": once for each telephone, however often it is pressed."""
    _refuse_unless_open(_shared(idea.board_id))
    Backing.objects.get_or_create(idea=idea, device=device)


@transaction.atomic
def answer_live_question(*, question: LiveQuestion, choice: int, device: str) -> None:
    """Once for each telephone; another choice takes the place of the first."""
    _refuse_unless_open(_shared(question.board_id))
    question = LiveQuestion.objects.get(pk=question.pk)
    if not question.is_open:
        raise ValidationError(_("この質問は締め切りました。"))
    if not 0 <= choice < len(question.choices):
        raise ValidationError(_("選択肢から選んでください。"))
    LiveAnswer.objects.update_or_create(question=question, device=device, defaults={"choice": choice})


@transaction.atomic
def move_idea(*, idea: Idea, state: IdeaState, actor: Actor) -> None:
    only_staff(actor)
    idea = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
    refuse_wrong_step(idea, state, IDEA_TRANSITIONS)
    before, idea.state = idea.state, state
    idea.save(update_fields=["state"])
    record_event(action=Action.IDEA_MOVED, subject=idea, actor=actor.user, changes={"state": (before, state)})


@transaction.atomic
def move_live_question(*, question: LiveQuestion, state: SurveyState, actor: Actor) -> None:
    only_staff(actor)
    _locked(question.board_id)
    question = LiveQuestion.objects.get(pk=question.pk)
    refuse_wrong_step(question, state, SURVEY_TRANSITIONS)
    before, question.state = question.state, state
    question.save(update_fields=["state"])
    record_event(action=Action.SURVEY_MOVED, subject=question, actor=actor.user, changes={"state": (before, state)})


def _refuse_unless_open(board: Board) -> None:
    if not board.is_open:
        raise ValidationError(_("いまは、受け付けていません。"))


def _shared(board_id: int) -> Board:
    """As it stays until the end: the whole room at once, while only moving the board waits."""
    [board] = Board.objects.raw("SELECT * FROM meetings_board WHERE id = %s FOR SHARE", [board_id])
    return board


def _locked(board_id: int) -> Board:
    board: Board = Board.objects.select_for_update(of=("self",)).get(pk=board_id)
    return board
