"""A meeting from its announcement to the line in the partner's timeline."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from meetings.models import Meeting
from meetings.services.rounds import send_reminders
from portal.tenancy.scope import programme_scope
from tests.prove.traveller import NARROW, Journey, Traveller

Start = Callable[[str, str], Journey]


@pytest.mark.parametrize("slug", ["kanagawa", "tokyo", "yamaguchi"])
@pytest.mark.parametrize("size", [NARROW], ids=["phone"])
def test_from_the_announcement_to_the_timeline(start: Start, slug: str, size: dict[str, int]) -> None:
    journey = start(f"meeting, {size['width']} px", slug)
    officer = journey.staff(f"officer@{slug}.example.jp")
    owner = journey.member(f"owner@{slug}.example.jp", size)
    meeting = announced("冬の交流会", officer, journey)
    owner.go("/mypage/meetings/")
    owner.link("冬の交流会", exact=False)
    owner.link("参加を申し込む")
    owner.press("内容の確認へ進む")
    owner.press("この内容で申し込む")
    owner.sees("申込みを受け付けました。")
    the_day_comes(meeting, journey)
    letter = journey.mail(f"owner@{slug}.example.jp", "meetings.reminder")
    place = re.search(r"/meetings/places/[\w-]+/", letter.text)
    assert place
    owner.go(place[0])
    code = owner.page.get_by_role("img", name="受付用のコード")
    expect(code).to_be_visible()
    officer.go(f"/admin/meetings/meeting/check-in/{owner.page.url.rstrip('/').rpartition('/')[2]}/")
    officer.press("出席にする")
    owner.go("/mypage/activities/")
    owner.sees("冬の交流会")


def announced(title: str, officer: Traveller, journey: Journey) -> Meeting:
    """Staff write it, and publish it on its own page: the sentence beside the button has said what will happen."""
    day = timezone.localtime() + timedelta(days=14)
    officer.go("/admin/meetings/meeting/add/")
    officer.fill("題名", title, exact=True)
    for label, hour in (("開始", 14), ("終了", 16)):
        officer.fill(label, f"{day:%Y-%m-%d}T{hour}:00", exact=True)
    officer.choose("見せる相手", "登録パートナー")
    officer.page.get_by_role("combobox", name="開催方法").select_option(label="会場")
    officer.fill("会場", "会議室", exact=True)
    officer.press("保存して編集を続ける")
    officer.press("公開する")
    officer.sees("1件に「公開する」を実行しました。")
    with programme_scope(journey.programme):
        return Meeting.objects.get(title=title)


def the_day_comes(meeting: Meeting, journey: Journey) -> None:
    """The meeting is today's last one, and the worker looks at the clock."""
    today = timezone.localtime().replace(hour=23, minute=59, second=59)
    with programme_scope(journey.programme):
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=today, ends_at=today + timedelta(hours=2), closes_at=today - timedelta(days=1)
        )
        assert send_reminders(now=timezone.now()) == 1
