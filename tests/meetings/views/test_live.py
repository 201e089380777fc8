"""The room by telephone, on the screen, and on the desk of staff."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client

from meetings.models import Backing, Board, Idea
from meetings.states import IdeaState, SurveyState
from portal.accounts import limits
from portal.accounts.models import Hits
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_board


@pytest.fixture
def board(kanagawa: Programme) -> Iterator[Board]:
    with programme_scope(kanagawa):
        yield make_board("何回目ですか", shows_first=True)


def sent(visit: Client, board: Board, text: str, name: str = "") -> str:
    typed = {"form_key": str(uuid4()), "kind": "idea", "text": text, "name": name}
    return visit.post(f"/meetings/live/{board.code}/", typed, follow=True).text


def test_sent_without_a_name_and_backed_once(visit: Client, board: Board) -> None:
    assert "エラー：" in sent(visit, board, "")
    assert "屋根を貸し合う" in sent(visit, board, "屋根を貸し合う")
    idea = Idea.objects.get()
    assert idea.name == ""
    back = f"/meetings/live/{board.code}/{idea.pk}/back/"
    other = Client(headers={"host": "kanagawa.localhost"})
    for phone in (visit, visit, other):
        phone.post(back)
    assert idea.backings.count() == 2
    page = visit.get(f"/meetings/live/{board.code}/")
    assert "わたしも 2" in page.text
    assert back not in page.text
    assert page["Cache-Control"] == "no-store"
    cookie = visit.cookies[f"live-{board.code}"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_looking_sets_no_number(board: Board) -> None:
    visitor = Client(headers={"host": "kanagawa.localhost"})
    visitor.get(f"/meetings/live/{board.code}/")
    assert f"live-{board.code}" not in visitor.cookies


def test_the_code_opens_the_page(visit: Client, board: Board) -> None:
    assert visit.get("/meetings/live/", {"code": f" {board.code.upper()}"})["Location"].endswith(f"/{board.code}/")
    assert "見つかりません" in visit.get("/meetings/live/", {"code": "nothing9"}).text
    Board.objects.update(state=SurveyState.DRAFT)
    assert visit.get(f"/meetings/live/{board.code}/").status_code == 404
    assert visit.get(f"/meetings/live/{board.code}/screen/").status_code == 404


def test_the_screen_shows_what_may_be_seen_and_how_to_take_part(visit: Client, board: Board) -> None:
    sent(visit, board, "見えるアイデア")
    sent(visit, board, "隠したアイデア")
    Idea.objects.filter(text="隠したアイデア").update(state=IdeaState.HIDDEN)
    page = visit.get(f"/meetings/live/{board.code}/screen/").text
    assert "見えるアイデア" in page
    assert "隠したアイデア" not in page
    assert "<svg" in page
    assert board.code in page
    # It follows by itself with a script, which can be stopped, and by a link without one.
    assert "data-refresh-pause" in page
    assert "新しくする" in page
    assert (
        visit.post(f"/meetings/live/{board.code}/{Idea.objects.get(state=IdeaState.HIDDEN).pk}/back/").status_code
        == 404
    )


def test_too_much_from_one_telephone_waits(visit: Client, board: Board) -> None:
    sent(visit, board, "はじめの一つ")
    most = min(amount for amount, _seconds in limits.LIVE_BY_DEVICE.rates)
    for number in range(most):
        sent(visit, board, f"{number}")
    assert Idea.objects.count() == most


def test_another_number_each_time_gets_round_no_limit(board: Board) -> None:
    def stranger() -> Client:
        phone = Client(headers={"host": "kanagawa.localhost"})
        phone.cookies[f"live-{board.code}"] = uuid4().hex
        return phone

    assert "屋根を貸し合う" in sent(stranger(), board, "屋根を貸し合う")
    address = "127.0.0.1"
    while limits.allow(limits.LIVE_IDEAS_BY_VISITOR, address):
        pass
    assert "短い時間に" in sent(stranger(), board, "もう一つ")
    while limits.allow(limits.LIVE_BY_VISITOR, address):
        pass
    rows = Hits.objects.count()
    stranger().post(f"/meetings/live/{board.code}/{Idea.objects.get().pk}/back/")
    assert Hits.objects.count() == rows
    assert not Backing.objects.exists()


def test_staff_moderate_on_the_desk(visit: Client, board: Board, as_staff: Callable[..., Client]) -> None:
    sent(visit, board, "質問です", "山田")
    idea, question = Idea.objects.get(), board.questions.get()
    officer, reader = as_staff(StaffRole.OFFICER), as_staff(StaffRole.READ_ONLY)
    desk = f"/admin/meetings/board/{board.pk}/desk/"
    assert f"idea-{idea.pk}" not in reader.get(desk).text
    assert reader.post(desk, {"what": f"idea-{idea.pk}", "state": "hidden"}).status_code == 403
    assert "回答済み" in officer.post(desk, {"what": f"idea-{idea.pk}", "state": "answered"}, follow=True).text
    officer.post(desk, {"what": f"question-{question.pk}", "state": "open"})
    visit.post(f"/meetings/live/{board.code}/questions/{question.pk}/", {"choice": "1"})
    assert question.answers.get().choice == 1
    assert "回答を変える" in visit.get(f"/meetings/live/{board.code}/").text
    assert officer.post(desk, {"what": "idea-x", "state": "hidden"}).status_code == 404
    assert officer.get(f"/admin/meetings/board/{board.pk}/change/").status_code == 200
    assert officer.get("/admin/meetings/idea/").status_code == 200
