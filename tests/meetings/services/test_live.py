"""The room's board: what comes in, who sees it, and what staff do with it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Backing, Board, Idea, LiveAnswer
from meetings.queries.live import ideas_of, questions_of
from meetings.services.live import (
    MOST_IDEAS,
    answer_live_question,
    back_idea,
    move_board,
    move_idea,
    move_live_question,
    send_idea,
)
from meetings.states import IdeaState, SurveyState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_board

pytestmark = pytest.mark.usefixtures("in_kanagawa")
PHONES = ["a" * 32, "b" * 32, "c" * 32]


def send(board: Board, text: str = "電気はどこへ売りますか", **fields: Any) -> Idea:
    return send_idea(
        board=board, **{"kind": Idea.Kind.QUESTION, "text": text, "name": "", "form_key": uuid4()} | fields
    )


def texts(board: Board) -> Sequence[str]:
    return [idea.text for idea in ideas_of(board)]


def test_staff_see_it_first_unless_they_say_otherwise(officer: Actor) -> None:
    board = make_board()
    idea = send(board)
    assert texts(board) == []
    move_idea(idea=idea, state=IdeaState.SHOWN, actor=officer)
    assert texts(board) == [idea.text]
    move_idea(idea=idea, state=IdeaState.HIDDEN, actor=officer)
    assert texts(board) == []
    with pytest.raises(ValidationError, match="隠した"):
        move_idea(idea=idea, state=IdeaState.ANSWERED, actor=officer)
    assert AuditEvent.objects.filter(action=Action.IDEA_MOVED).count() == 2
    open_board = make_board(shows_first=True)
    send(open_board)
    assert len(texts(open_board)) == 1


def test_the_most_wished_for_stands_first_and_what_was_answered_last(officer: Actor) -> None:
    board = make_board(shows_first=True)
    one, two, three = (send(board, text) for text in "一二三")
    for phone in PHONES:
        back_idea(idea=one, device=phone)
        back_idea(idea=one, device=phone)
    back_idea(idea=three, device=PHONES[0])
    assert Backing.objects.count() == 4
    assert texts(board) == ["一", "三", "二"]
    move_idea(idea=one, state=IdeaState.ANSWERED, actor=officer)
    assert texts(board) == ["三", "二", "一"]
    assert [idea.is_backed for idea in ideas_of(board, PHONES[0])] == [True, False, True]
    assert two.name == ""


def test_pressed_twice_it_is_one() -> None:
    board, key = make_board(), uuid4()
    assert send(board, form_key=key).pk == send(board, form_key=key).pk


def test_a_full_board_takes_more_as_soon_as_some_are_hidden() -> None:
    board = make_board()
    usual = {"board": board, "text": "宣伝", "state": IdeaState.WAITING}
    Idea.objects.bulk_create(Idea(form_key=uuid4(), **usual) for _ in range(MOST_IDEAS))
    with pytest.raises(ValidationError, match="受付を止めました"):
        send(board)
    Idea.objects.filter(pk=Idea.objects.values("pk")[:1]).update(state=IdeaState.HIDDEN)
    assert send(board)


def test_nothing_comes_in_before_and_after(officer: Actor) -> None:
    board = make_board(state=SurveyState.DRAFT)
    with pytest.raises(ValidationError, match="受け付けていません"):
        send(board)
    move_board(board=board, state=SurveyState.OPEN, actor=officer)
    idea = send(board)
    move_board(board=board, state=SurveyState.CLOSED, actor=officer)
    for deed in (lambda: send(board), lambda: back_idea(idea=idea, device=PHONES[0])):
        with pytest.raises(ValidationError, match="受け付けていません"):
            deed()
    with pytest.raises(ValidationError, match="終了"):
        move_board(board=board, state=SurveyState.OPEN, actor=officer)


def test_the_room_answers_once_a_telephone_until_it_is_closed(officer: Actor) -> None:
    board = make_board("参加は何回目ですか")
    question = board.questions.get()
    assert questions_of(board) == []
    with pytest.raises(ValidationError, match="締め切りました"):
        answer_live_question(question=question, choice=0, device=PHONES[0])
    move_live_question(question=question, state=SurveyState.OPEN, actor=officer)
    for phone, choice in zip([*PHONES, PHONES[0]], [0, 0, 1, 1], strict=True):
        answer_live_question(question=question, choice=choice, device=phone)
    [asked] = questions_of(board, PHONES[0])
    assert (asked.points, asked.total, asked.chosen) == ([("はじめて", 1), ("2回目から", 2)], 3, 1)
    with pytest.raises(ValidationError, match="選択肢から"):
        answer_live_question(question=question, choice=2, device=PHONES[0])
    move_live_question(question=question, state=SurveyState.CLOSED, actor=officer)
    with pytest.raises(ValidationError, match="締め切りました"):
        answer_live_question(question=question, choice=0, device=PHONES[0])
    assert LiveAnswer.objects.count() == 3


def test_a_page_of_the_room_reads_no_row_for_each_answer() -> None:
    board = make_board("参加は何回目ですか")
    question = board.questions.get()
    LiveAnswer.objects.bulk_create(LiveAnswer(question=question, device=f"{n:032x}", choice=n % 2) for n in range(20))
    board.questions.update(state=SurveyState.OPEN)
    with CaptureQueriesContext(connection) as queries:
        [asked] = questions_of(board, f"{3:032x}")
    assert (asked.total, asked.chosen) == (20, 1)
    assert len(queries) == 3
    assert not [query for query in queries if '"device"' in query["sql"].split(" FROM ")[0]]


def test_readers_move_nothing(in_kanagawa: Programme) -> None:
    board, reader = make_board("質問"), make_actor(StaffRole.READ_ONLY, in_kanagawa)
    idea = send(board)
    with pytest.raises(PermissionDenied):
        move_board(board=board, state=SurveyState.CLOSED, actor=reader)
    with pytest.raises(PermissionDenied):
        move_idea(idea=idea, state=IdeaState.SHOWN, actor=reader)
    with pytest.raises(PermissionDenied):
        move_live_question(question=board.questions.get(), state=SurveyState.OPEN, actor=reader)
