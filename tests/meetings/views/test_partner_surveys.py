"""The questionnaire of organisations on My Page, and on the staff's screens."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Reply, Survey, Ticket
from meetings.queries.answers import results_of
from meetings.queries.surveys import survey_lines, surveys_due
from meetings.services.surveys import open_survey
from meetings.states import SurveyState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_actor, make_member, make_partner, make_survey

AsMember = Callable[..., Client]
AsStaff = Callable[..., Client]


@pytest.fixture
def viewer(as_member: AsMember) -> Client:
    return as_member(MemberRole.VIEWER, name="聞かれた団体")


@pytest.fixture
def survey(kanagawa: Programme, viewer: Client) -> Iterator[Survey]:
    with programme_scope(kanagawa):
        survey = make_survey(segment="partners")
        open_survey(survey=survey, actor=make_actor(StaffRole.OFFICER, kanagawa))
        survey.refresh_from_db()
        yield survey


def test_answered_from_my_page_and_changed(
    viewer: Client, survey: Survey, as_member: AsMember, tokyo: Programme
) -> None:
    address = f"/mypage/surveys/{survey.pk}/"
    assert address in viewer.get("/mypage/").text
    assert "受付中" in viewer.get("/mypage/surveys/").text
    scale, several, text = survey.questions.all()
    assert "エラー：" in viewer.post(address, {"seen": "0", f"question-{text.pk}": "書いた言葉"}).text
    typed = {f"question-{scale.pk}": "5", f"question-{several.pk}": ["事例"], f"question-{text.pk}": "よい制度"}
    assert "回答済みです" in viewer.post(address, typed | {"seen": "0"}, follow=True).text
    assert address not in viewer.get("/mypage/").text
    assert "回答済み" in viewer.get("/mypage/surveys/").text
    page = viewer.get(address).text
    assert "よい制度" in page
    assert 'name="seen" value="1"' in page
    # A page that was opened before the answer says so, and what was typed stays.
    late = viewer.post(address, typed | {"seen": "0", f"question-{text.pk}": "ちがう言葉"}).text
    assert "同じ団体の方の回答がありました" in late
    assert "ちがう言葉" in late
    assert 'name="seen" value="1"' in late
    Survey.objects.update(state=SurveyState.CLOSED)
    over = viewer.get(address).text
    assert "あなたの団体の回答" in over
    assert "よい制度" in over
    assert "<form" not in over.split("<main")[-1]
    for stranger in (as_member(), as_member(MemberRole.OWNER, tokyo)):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, typed).status_code == 404
    ticket = Ticket.objects.get()
    assert viewer.get(f"/meetings/surveys/{ticket.token}/").status_code == 404


def test_staff_make_it_open_it_and_see_who_is_missing(
    viewer: Client, survey: Survey, as_staff: AsStaff, kanagawa: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    form = {
        "title": "来年度のアンケート", "receivers": "partners|", "is_anonymous": "on",
        "closes_at": f"{timezone.localdate() + timedelta(days=9)}T17:00",
        "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert "「無記名」を外してください" in officer.post("/admin/meetings/survey/add/", form).text
    del form["is_anonymous"]
    assert officer.post("/admin/meetings/survey/add/", form).status_code == 302
    made = Survey.objects.get(title="来年度のアンケート")
    assert made.asks_partners
    assert "登録パートナー全員" in officer.get("/admin/meetings/survey/").text
    chosen = {"action": "open", "_selected_action": [made.pk]}
    assert "1団体の1人へ、いま送ります" in officer.post("/admin/meetings/survey/", chosen).text
    assert "1団体に送り、0団体が回答しました" in officer.get(f"/admin/meetings/survey/{survey.pk}/result/").text
    missing = f"/admin/meetings/ticket/?survey__id__exact={survey.pk}&has_answered__exact=0"
    assert "聞かれた団体" in officer.get(missing).text
    Ticket.objects.update(has_answered=True)
    assert "聞かれた団体" not in officer.get(missing).text.split("result_list")[-1]
    assert "回答率は 100.0 %" in officer.get(f"/admin/meetings/survey/{survey.pk}/result/").text
    assert as_staff(StaffRole.READ_ONLY).post("/admin/meetings/survey/add/", form).status_code == 403


def test_lists_ask_the_database_as_often_for_many_as_for_few(
    survey: Survey, as_staff: AsStaff, django_assert_num_queries: Callable[..., AbstractContextManager[Any]],
    django_assert_max_num_queries: Callable[..., AbstractContextManager[Any]],
) -> None:  # fmt: skip
    partner = Ticket.objects.get().partner
    officer = as_staff(StaffRole.OFFICER)
    officer.get("/admin/meetings/ticket/")
    for _ in range(2):
        with django_assert_num_queries(4):
            assert len(results_of(survey, timezone.now()).questions) == 3
        with django_assert_num_queries(1):
            survey_lines(partner.pk, timezone.now())
        with django_assert_num_queries(1):
            assert surveys_due(partner.pk, timezone.now())
        with django_assert_max_num_queries(20):
            assert officer.get("/admin/meetings/ticket/").status_code == 200
        for number in range(20):
            other = make_member(partner=make_partner(name=f"団体{number}")).partner
            ticket = Ticket.objects.create(survey=survey, partner=other, has_answered=True)
            Reply.objects.create(ticket=ticket, answers={})
            Ticket.objects.create(survey=make_survey(segment="partners"), partner=partner)
