"""Ten things that officers do, each from the front page: how many clicks to the place where it is done, and to its end.

`-s` prints the table. What is typed into a field or chosen in a list is no click; what loads a page or ticks a box is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from meetings.models import Meeting
from partners.models import Application, DailyFigures, Partner
from partners.states import ApplicationState
from portal.accounts.models import User
from portal.audit.models import Action, AuditEvent
from portal.backoffice.models import Handover
from portal.inquiries.models import Inquiry
from portal.notices.models import Mailing
from portal.notices.states import MailingState
from portal.outbox.models import OutgoingMail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.services.work import assign
from renewals.models import Extension, Report
from tests.browser.test_public_pages import WIDE
from tests.factories import (
    make_actor,
    make_batch,
    make_checked_application,
    make_inquiry,
    make_mailing,
    make_meeting,
    make_member,
    make_partner,
    make_programme,
    make_report,
    make_rules,
)
from tests.sessions import signed_in

MOST = 2


@dataclass
class Walk:
    """One task: every click and every page that it loads are counted."""

    page: Page
    clicks: int = 0
    loads: int = 0
    to_place: int | None = None

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def link(self, name: str, exact: bool = True) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=name, exact=exact).first)

    def menu(self, name: str) -> None:
        self.click(self.page.get_by_role("navigation", name="管理メニュー").get_by_role("link", name=name, exact=True))

    def press(self, name: str) -> None:
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=True).first)

    def is_at_place(self, there: Locator) -> None:
        """Where it is done: what does it is on this page."""
        expect(there).to_be_visible()
        self.to_place = self.clicks

    def is_done(self, words: str) -> None:
        expect(self.page.get_by_role("status").first).to_contain_text(words)


@dataclass
class Day:
    """An officer's browser; each task starts on the front page of the day."""

    page: Page
    programme: Programme
    walks: dict[str, Walk] = field(default_factory=dict)

    def task(self, name: str, done: Callable[[Walk], None]) -> None:
        self.page.goto("/admin/")
        walk = self.walks[name] = Walk(self.page)

        def loaded(page: Page) -> None:
            walk.loads += 1

        self.page.on("domcontentloaded", loaded)
        done(walk)
        self.page.remove_listener("domcontentloaded", loaded)


@pytest.fixture
def day(chromium: Browser, port: int) -> Iterator[Day]:
    programme = make_programme("kanagawa")
    make_programme("tokyo")
    with programme_scope(programme):
        officer, successor = (make_actor(StaffRole.OFFICER, programme) for _ in range(2))
        User.objects.filter(pk=successor.user.pk).update(name="後任 はなこ")
        a_programme_at_work()
        assign(subject=Partner.objects.get(name="NPO法人はま"), assignee=officer.user, actor=officer)
    cookie = signed_in(officer.user, programme).cookies[settings.SESSION_COOKIE_NAME].value
    address = f"http://{programme.primary_host}:{port}"
    context = chromium.new_context(base_url=address, locale="ja-JP", viewport=WIDE)  # type: ignore[arg-type]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    with programme_scope(programme):
        yield Day(context.new_page(), programme)
    context.close()


def a_programme_at_work() -> None:
    for number in range(20):
        make_checked_application(f"applicant{number}@example.jp", name=f"申請{number}株式会社")
    batch = make_batch(label="第12期", closes_on=date(2024, 3, 31))
    partner = make_partner(name="NPO法人はま", batch=batch)
    member = make_member(partner=partner, email="hama@example.jp")
    OutgoingMail.objects.create(
        message="inquiries.answered", priority=1, dedupe_key="lost", to=member.user.email, state=State.FAILED,
        answer="550 5.1.1 user unknown", finished_at=timezone.now(),
    )  # fmt: skip
    make_meeting("冬の交流会")
    make_rules()
    make_report(partner, receipt="R-1")
    DailyFigures.objects.create(on=date(2024, 3, 31), figures={"partners": 1040})
    make_inquiry()
    make_mailing(subject="年末のお知らせ", state=MailingState.STARTED, started_at=timezone.now())


def test_ten_tasks_are_two_clicks_from_the_front_page(day: Day) -> None:
    for name, done in TASKS.items():
        day.task(name, done)
    print(f"\n{'clicks to the place':>20}{'clicks to the end':>19}{'pages loaded':>14}")
    for name, walk in day.walks.items():
        print(f"{walk.to_place!s:>20}{walk.clicks:>19}{walk.loads:>14}  {name}")
    far = {name: walk.to_place for name, walk in day.walks.items() if walk.to_place is None or walk.to_place > MOST}
    assert len(day.walks) == 10
    assert not far


def approve_a_batch(walk: Walk) -> None:
    walk.click(walk.page.locator(".queues").get_by_role("link", name="登録申請"))
    walk.is_at_place(walk.page.get_by_label("操作"))
    # The script that ticks all boxes may still be on its way.
    walk.page.wait_for_load_state("load")
    walk.click(walk.page.locator("#action-toggle"))
    walk.page.get_by_label("操作").select_option("approve")
    walk.press("実行")
    walk.press("20件に実行する")
    walk.is_done("20件")
    assert Application.objects.filter(state=ApplicationState.APPROVED).count() == 20


def find_why_no_mail_came(walk: Walk) -> None:
    walk.page.get_by_label("団体を探す").fill("hama@example.jp")
    walk.press("探す")
    walk.link("NPO法人はま")
    walk.is_at_place(walk.page.locator("#arrival").get_by_text("550 5.1.1 user unknown").first)


def move_a_meeting(walk: Walk) -> None:
    walk.menu("交流会・セミナー")
    walk.link("冬の交流会")
    walk.is_at_place(walk.page.get_by_role("button", name="日時を変える"))
    walk.press("日時を変える")
    there = timezone.localtime() + timedelta(days=20)
    walk.page.get_by_label("新しい開始").fill(f"{there:%Y-%m-%dT14:00}")
    walk.page.get_by_label("新しい終了").fill(f"{there:%Y-%m-%dT16:00}")
    walk.press("1件に実行する")
    walk.is_done("日時を変える")
    assert timezone.localdate(Meeting.objects.get().starts_at) == there.date()


def hide_a_report(walk: Walk) -> None:
    walk.menu("活動報告")
    walk.link("R-1")
    walk.is_at_place(walk.page.get_by_role("button", name="公開を止める"))
    walk.press("公開を止める")
    walk.page.get_by_label("理由").fill("第三者の権利を確かめるため。")
    walk.press("1件に実行する")
    walk.is_done("公開を止める")
    assert Report.objects.get().is_hidden


def export_a_cohort(walk: Walk) -> None:
    walk.menu("期")
    walk.click(walk.page.get_by_role("row", name="第12期").get_by_role("link", name="書き出し"))
    walk.is_at_place(walk.page.get_by_label("使いみち"))
    walk.page.get_by_label("使いみち").fill("春の説明会の案内")
    with walk.page.expect_download():
        walk.press("書き出す")
    assert AuditEvent.objects.get(action=Action.ROWS_EXPORTED).changes["rows"] == [None, "1件の団体"]


def answer_an_inquiry(walk: Walk) -> None:
    inquiry = Inquiry.objects.get()
    walk.link(inquiry.receipt, exact=False)
    walk.link("回答を書く")
    walk.is_at_place(walk.page.get_by_label("回答", exact=True))
    walk.page.get_by_label("回答", exact=True).fill("費用はかかりません。")
    walk.press("回答する")
    walk.is_done("回答しました")


def look_up_a_past_number(walk: Walk) -> None:
    walk.menu("統計")
    walk.page.get_by_label("いつの時点か").fill("2024-03-31")
    walk.press("この日の数を見る")
    walk.is_at_place(walk.page.get_by_text("1,040").first)


def hand_over(walk: Walk) -> None:
    walk.menu("引継ぎ")
    walk.click(walk.page.locator(".object-tools .addlink"))
    walk.is_at_place(walk.page.get_by_label("後任", exact=True))
    walk.page.get_by_label("後任", exact=True).select_option(label="後任 はなこ")
    walk.press("1件を引き継ぐ")
    walk.is_done("1件を後任 はなこさんに引き継ぎました。")
    assert Handover.objects.count() == 1


def stop_a_mailing(walk: Walk) -> None:
    walk.menu("一斉メール")
    walk.link("年末のお知らせ")
    walk.is_at_place(walk.page.get_by_role("button", name="一時停止する"))
    walk.press("一時停止する")
    walk.is_done("一時停止する")
    assert Mailing.objects.get().state == MailingState.STOPPED


def shift_a_deadline(walk: Walk) -> None:
    walk.menu("期限の延長")
    walk.link("期限を延ばす")
    walk.is_at_place(walk.page.get_by_label("新しい期限"))
    for label, day in (("延ばす期限の始まり", 1), ("延ばす期限の終わり", 2), ("新しい期限", 20)):
        walk.page.get_by_label(label).fill(f"{timezone.localdate() + timedelta(days=day)}")
    walk.page.get_by_label("理由").fill("システムの障害のため。")
    walk.press("内容の確認へ進む")
    walk.press("期限を延ばし、メールで知らせる")
    walk.is_done("延ば")
    assert Extension.objects.count() == 1


TASKS = {
    "approve a batch of 20": approve_a_batch,
    "find why a partner got no mail": find_why_no_mail_came,
    "move a meeting": move_a_meeting,
    "hide a report": hide_a_report,
    "export a cohort": export_a_cohort,
    "answer an inquiry": answer_an_inquiry,
    "number of partners on 2024-03-31": look_up_a_past_number,
    "hand over": hand_over,
    "stop a mailing": stop_a_mailing,
    "shift a deadline": shift_a_deadline,
}
