"""Reads of a board: for a telephone, for the screen in the room, for staff who moderate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef

from meetings.models import Backing, Board, Idea, LiveAnswer
from meetings.states import IDEA_TRANSITIONS, IdeaState, SurveyState

# What a screen can show at once.
ON_SCREEN = 8


def ideas_of(board: Board, device: str = "") -> Any:
    """What everybody sees: the most wished for first, what was answered last. One query."""
    own = Backing.objects.filter(idea=OuterRef("pk"), device=device)
    visible = board.ideas.visible().annotate(count=Count("backings"), is_backed=Exists(own))
    # "answered" before "shown" in the alphabet.
    return visible.order_by("-state", "-count", "id")


@dataclass(frozen=True)
class Asked:
    """A question to the room: how it stands, and what this telephone has chosen."""

    pk: int
    text: str
    is_open: bool
    points: Sequence[tuple[str, int]]
    total: int
    chosen: int | None
    state: str
    label: str


def questions_of(board: Board, device: str = "", *, with_drafts: bool = False) -> list[Asked]:
    """Three queries and a row for each choice, however many answers."""
    questions = board.questions.all() if with_drafts else board.questions.exclude(state=SurveyState.DRAFT)
    answers = LiveAnswer.objects.filter(question__board=board)
    rows = answers.values_list("question", "choice").annotate(number=Count("pk")).order_by()
    counts = Counter({(question, choice): number for question, choice, number in rows})
    chosen = dict(answers.filter(device=device).values_list("question", "choice")) if device else {}
    return [
        Asked(
            question.pk, question.text, question.is_open, points := [
                (label, counts[question.pk, number]) for number, label in enumerate(question.choices)
            ],
            sum(count for _label, count in points), chosen.get(question.pk), question.state, question.get_state_display(),
        )
        for question in questions
    ]  # fmt: skip


@dataclass(frozen=True)
class DeskLine:
    idea: Idea
    # What may be done with it, as (state, label).
    moves: Sequence[tuple[str, str]]


def desk_of(board: Board, labels: dict[IdeaState, Any]) -> list[DeskLine]:
    """For staff: what waits first, what is hidden last."""
    order = list(IdeaState)
    ideas = board.ideas.annotate(count=Count("backings")).order_by("id")
    lines = [
        DeskLine(idea, [(state.value, str(labels[state])) for state in order if state in IDEA_TRANSITIONS[IdeaState(idea.state)]])
        for idea in ideas
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (order.index(IdeaState(line.idea.state)), -line.idea.count))  # type: ignore[attr-defined]
