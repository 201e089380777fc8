"""The questionnaire on the page that a mail leads to, and its result on the staff's screens."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from meetings.models import AnonymousReply, Survey, Ticket
from meetings.queries.answers import FEWEST, results_of
from meetings.services.surveys import close_survey, open_survey
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor, make_seat, make_survey

PEOPLE = 6


@pytest.fixture
def survey(kanagawa: Programme) -> Iterator[Survey]:
    with programme_scope(kanagawa):
        survey = make_survey()
        for _ in range(PEOPLE):
            make_seat(survey.meeting, attended_at=timezone.now())
        open_survey(survey=survey, actor=make_actor(StaffRole.OFFICER, kanagawa))
        survey.refresh_from_db()
        yield survey


def test_answered_by_the_link_once(visit: Client, survey: Survey) -> None:
    ticket = survey.tickets.all()[0]
    scale, several, text = survey.questions.all()
    address = f"/meetings/surveys/{ticket.token}/"
    page = visit.get(address)
    assert "無記名のアンケートです" in page.text
    assert page["Cache-Control"] == "no-store"
    assert "エラー：" in visit.post(address, {f"question-{text.pk}": "書いた言葉"}).text
    typed = {f"question-{scale.pk}": "5", f"question-{several.pk}": ["事例", "対話"], f"question-{text.pk}": "よかった"}
    assert "回答をいただきました" in visit.post(address, typed, follow=True).text
    visit.post(address, typed)
    assert AnonymousReply.objects.get().answers[str(several.pk)] == ["事例", "対話"]


def test_staff_read_and_take_away_what_was_said(
    visit: Client, survey: Survey, as_staff: Callable[..., Client], kanagawa: Programme
) -> None:
    officer, reader = as_staff(StaffRole.OFFICER), as_staff(StaffRole.READ_ONLY)
    scale = survey.questions.all()[0]
    for ticket in Ticket.objects.all():
        visit.post(f"/meetings/surveys/{ticket.token}/", {f"question-{scale.pk}": "4"})
    result, answers = (f"/admin/meetings/survey/{survey.pk}/{page}/" for page in ("result", "answers"))
    wanted = {"file_format": "xlsx", "reason": "事業報告"}
    assert "終了したあとに見られます" in officer.get(result).text
    assert "終了したあとに見られます" in officer.post(answers, wanted).text
    with programme_scope(kanagawa):
        close_survey(survey=survey, actor=make_actor(StaffRole.OFFICER, kanagawa))
    assert "満足しましたか" in reader.get(result).text
    assert answers not in reader.get(result).text
    assert reader.get(answers).status_code == 403
    assert "エラー：" in officer.post(answers, {"file_format": "xlsx"}).text
    sheet = load_workbook(io.BytesIO(b"".join(officer.post(answers, wanted).streaming_content))).active  # type: ignore[arg-type]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["満足しましたか", "よかったもの", "ご意見"]
    assert len(rows) == PEOPLE + 1
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.ROWS_EXPORTED)
        assert (event.reason, event.changes["rows"]) == ("事業報告", [None, PEOPLE])


def test_the_result_asks_the_database_as_often_for_many_as_for_few(
    survey: Survey, django_assert_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    Ticket.objects.update(has_answered=True)
    assert survey.closes_at
    for replies in (FEWEST, 40):
        AnonymousReply.objects.bulk_create(AnonymousReply(survey=survey, answers={}) for _ in range(replies))
        with django_assert_num_queries(3):
            assert len(results_of(survey, survey.closes_at).questions) == 3
