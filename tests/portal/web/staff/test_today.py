"""今日やること: what waits, how long, for whom; from queues that apps register."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Assignment
from portal.web.registry import WorkItem, WorkQueue, work_queues
from portal.web.services.approvals import ask_approval
from portal.web.staff.today import MOST_SHOWN, Today, Whose, todays_work
from tests.factories import make_actor, make_page, make_staff

AsStaff = Callable[..., Client]
OFFICER = StaffRole.OFFICER
# 15:00 in Tokyo.
NOW = timezone.datetime.fromisoformat("2026-11-20T15:00:00+09:00")


def item(number: int, *, days: int = 0, due: timedelta | None = None) -> WorkItem:
    return WorkItem(
        title=f"申請{number}", url=f"/{number}/", since=NOW - timedelta(days=days), due_at=NOW + due if due else None,
        subject_type="tests.item", subject_id=str(number),
    )  # fmt: skip


@pytest.fixture
def queue() -> Iterator[list[WorkItem]]:
    items: list[WorkItem] = []
    entry = WorkQueue(
        "審査待ちの申請", lambda: "/admin/", lambda: len(items), lambda: items, feature=Feature.REGISTRATION
    )
    work_queues.register("tests.queue", entry)
    yield items
    del work_queues._entries["tests.queue"]


@pytest.fixture
def officer(kanagawa: Programme) -> User:
    return make_staff(OFFICER, kanagawa)


def today(programme: Programme, user: User, whose: Whose = Whose.ALL) -> Today:
    return todays_work(programme=programme, user=user, whose=whose, now=NOW)


def test_late_comes_first_then_what_is_due_then_the_oldest(
    in_kanagawa: Programme, officer: User, queue: list[WorkItem]
) -> None:
    queue += [item(1), item(2, days=30), item(3, due=timedelta(days=2)), item(4, due=timedelta(days=-1))]
    found = today(in_kanagawa, officer)
    assert [entry.item.title for entry in found.waiting] == ["申請4", "申請2", "申請1", "申請3"]
    assert [entry.is_late for entry in found.waiting] == [True, False, False, False]
    [card] = [card for card in found.queues if card.label == "審査待ちの申請"]
    assert (card.count, card.late, card.oldest) == (4, 1, 30)


@pytest.mark.parametrize(("seconds", "is_late"), [(-1, True), (0, False), (1, False)])
def test_late_means_after_the_moment(
    in_kanagawa: Programme, officer: User, queue: list[WorkItem], seconds: int, is_late: bool
) -> None:
    queue.append(item(1, due=timedelta(seconds=seconds)) if seconds else WorkItem("申請", "/", NOW, due_at=NOW))
    assert today(in_kanagawa, officer).waiting[0].is_late == is_late


def test_days_are_days_in_tokyo(in_kanagawa: Programme, officer: User, queue: list[WorkItem]) -> None:
    just_before_midnight = timezone.datetime.fromisoformat("2026-11-19T23:59:59+09:00")
    queue.append(WorkItem("昨日の申請", "/", just_before_midnight))
    assert today(in_kanagawa, officer).waiting[0].days == 1


def test_mine_and_nobodys(in_kanagawa: Programme, officer: User, queue: list[WorkItem]) -> None:
    queue += [item(1), item(2), item(3)]
    other = make_staff(OFFICER, in_kanagawa)
    for number, person in ((1, officer), (2, other)):
        Assignment.objects.create(subject_type="tests.item", subject_id=str(number), assignee=person)
    titles = {whose: [entry.item.title for entry in today(in_kanagawa, officer, whose).waiting] for whose in Whose}
    assert titles == {Whose.ALL: ["申請1", "申請2", "申請3"], Whose.MINE: ["申請1"], Whose.NOBODYS: ["申請3"]}
    assert today(in_kanagawa, officer).counts == {Whose.ALL: 3, Whose.MINE: 1, Whose.NOBODYS: 1}
    assert today(in_kanagawa, officer).waiting[1].item.assignee == str(other)


def test_a_feature_that_is_off_has_no_queue(in_kanagawa: Programme, officer: User, queue: list[WorkItem]) -> None:
    in_kanagawa.features = [Feature.NEWS]
    queue.append(item(1))
    assert not today(in_kanagawa, officer).waiting


def test_a_long_day_says_how_much_more_there_is(as_staff: AsStaff, queue: list[WorkItem]) -> None:
    queue += [item(number) for number in range(MOST_SHOWN + 5)]
    assert "ほかに5件あります。" in as_staff(OFFICER).get("/admin/").text


def test_the_page_lists_the_programmes_own_work(as_staff: AsStaff, kanagawa: Programme, tokyo: Programme) -> None:
    for programme, title in ((kanagawa, "神奈川の方針"), (tokyo, "東京の方針")):
        with programme_scope(programme):
            ask_approval(
                name="tests.any", subject=make_page(title), what="変えます。", actor=make_actor(OFFICER, programme)
            )
    text = as_staff(OFFICER).get("/admin/").text
    assert "神奈川の方針" in text
    assert "東京の方針" not in text
    assert "担当なし <b>1</b>" in text


@pytest.mark.parametrize("whose", ["all", "mine", "nobody", "", "nonsense"])
def test_an_empty_day_says_so(as_staff: AsStaff, whose: str) -> None:
    text = as_staff(OFFICER).get("/admin/", {"whose": whose}).text
    assert any(
        words in text
        for words in ("今日やることはありません", "担当しているものはありません", "担当のいないものはありません")
    )


def test_how_long_things_wait(kanagawa: Programme, officer: User, queue: list[WorkItem]) -> None:
    queue += [item(number, days=days) for number, days in enumerate([0, 1, 3, 4, 7, 8, 14, 15, 400])]
    with programme_scope(kanagawa):
        found = today(kanagawa, officer)
    assert [count for _label, count in found.ages] == [1, 2, 2, 2, 2]
    assert found.highest_age == 2


def test_the_lengths_stand_beside_their_bars(as_staff: AsStaff, queue: list[WorkItem]) -> None:
    browser = as_staff(OFFICER)
    assert "待っている長さ" not in browser.get("/admin/").text
    queue.append(item(1))
    page = browser.get("/admin/").text
    assert "待っている長さ" in page and page.count('class="cell-bar"') == 5


def test_the_list_comes_first_and_what_does_not_wait_takes_one_line(as_staff: AsStaff, queue: list[WorkItem]) -> None:
    queue.append(item(1))
    page = as_staff(OFFICER).get("/admin/").text
    assert page.index("申請1") < page.index('class="queues"') < page.index("待ちなし：") < page.index("待っている長さ")
    tiles = page.split('class="queues"')[1].split("</ul>")[0]
    assert tiles.count("<li>") == 1 and "審査待ちの申請" in tiles
