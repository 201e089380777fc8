"""Voting on My Page, and what staff make of it."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from meetings.models import Theme, Vote
from meetings.states import SurveyState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_poll

AsMember = Callable[..., Client]


def test_from_my_page_to_the_vote_and_back(as_member: AsMember, kanagawa: Programme) -> None:
    editor = as_member(MemberRole.EDITOR)
    with programme_scope(kanagawa):
        poll = make_poll()
        [first, second] = poll.options.all()
    address = f"/mypage/polls/{poll.pk}/"
    assert address in editor.get("/mypage/").text
    assert "受付中" in editor.get("/mypage/surveys/").text
    assert "エラー：" in editor.post(address, {"seen": "0"}).text
    done = editor.post(address, {"seen": "0", "options": [first.pk]}, follow=True).text
    assert "投票済み" in done
    # A page that was opened before the vote says so, and what was ticked stays.
    late = editor.post(address, {"seen": "0", "options": [second.pk]}).text
    assert "同じ団体の方の投票がありました" in late
    assert 'name="seen" value="1"' in late
    editor.post(address, {"seen": "1", "options": [second.pk], "suggestion": "防災"})
    with programme_scope(kanagawa):
        vote = Vote.objects.get()
        assert [choice.option for choice in vote.choices.all()] == [second]
        assert vote.suggestion == "防災"


def test_a_viewer_reads_and_a_draft_is_nowhere(as_member: AsMember, kanagawa: Programme) -> None:
    viewer = as_member(MemberRole.VIEWER)
    with programme_scope(kanagawa):
        poll, draft = make_poll(), make_poll(title="下書きの投票", state=SurveyState.DRAFT)
    assert '<button class="button"' not in viewer.get(f"/mypage/polls/{poll.pk}/").text.split("<main")[-1]
    assert viewer.post(f"/mypage/polls/{poll.pk}/", {}).status_code == 403
    assert viewer.get(f"/mypage/polls/{draft.pk}/").status_code == 404
    assert "下書きの投票" not in viewer.get("/mypage/surveys/").text


def test_the_result_is_shown_when_it_is_over(as_member: AsMember, kanagawa: Programme) -> None:
    editor = as_member(MemberRole.EDITOR)
    past = timezone.now() - timedelta(days=1)
    with programme_scope(kanagawa):
        shown, kept = make_poll(closes_at=past), make_poll(closes_at=past, shows_result=False)
    assert "テーマごとの票" in editor.get(f"/mypage/polls/{shown.pk}/").text
    assert "テーマごとの票" not in editor.get(f"/mypage/polls/{kept.pk}/").text


def test_staff_choose_the_next_themes(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    officer, reader = as_staff(StaffRole.OFFICER), as_staff(StaffRole.READ_ONLY)
    with programme_scope(kanagawa):
        poll = make_poll(closes_at=timezone.now() - timedelta(days=1))
        [first, _second] = poll.options.all()
    address = f"/admin/meetings/themepoll/{poll.pk}/result/"
    assert 'type="checkbox"' not in reader.get(address).text
    assert reader.post(address, {"option": [first.pk]}).status_code == 403
    assert "エネルギー" in officer.post(address, {"option": [first.pk, "x" * 30]}, follow=True).text
    with programme_scope(kanagawa):
        assert Theme.objects.get().title == "エネルギー"
    assert officer.get(f"/admin/meetings/themepoll/{poll.pk}/change/").status_code == 200
    assert officer.get("/admin/meetings/vote/").status_code == 200


def test_staff_write_and_open_one(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    typed = {
        "title": "来年度のテーマ", "most_choices": "2", "closes_at": f"{timezone.now() + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "options-TOTAL_FORMS": "2", "options-INITIAL_FORMS": "0", "options-0-title": "一", "options-0-position": "0",
        "options-1-title": "二", "options-1-position": "1",
    }  # fmt: skip
    assert officer.post("/admin/meetings/themepoll/add/", typed).status_code == 302
    with programme_scope(kanagawa):
        poll = make_poll(state=SurveyState.DRAFT)
    shown = officer.get(f"/admin/meetings/themepoll/{poll.pk}/change/").text
    assert "受付を始める" in shown
