"""The questionnaire after a meeting: mailed to those who came, answered once, and, without names, really without."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from meetings.models import AnonymousReply, Reply, Survey, Ticket
from meetings.queries.answers import FEWEST, results_of, rows_of
from meetings.services.surveys import (
    answer_survey,
    ask_newcomers,
    close_survey,
    duplicate_survey,
    open_survey,
    remind_survey,
    save_survey,
)
from meetings.states import SurveyState
from portal.audit.models import AuditEvent
from portal.backoffice.archive import write_archive
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_meeting, make_seat, make_survey

pytestmark = pytest.mark.usefixtures("in_kanagawa")


def opened(officer: Actor, people: int = 3, **fields: Any) -> Survey:
    survey = make_survey(**fields)
    for _ in range(people):
        make_seat(survey.meeting, attended_at=timezone.now())
    open_survey(survey=survey, actor=officer)
    survey.refresh_from_db()
    return survey


def said(survey: Survey, step: str = "4", text: str = "") -> dict[str, Any]:
    scale, several, words = survey.questions.all()
    return {str(scale.pk): step, str(several.pk): ["対話"], str(words.pk): text}


def answer_all(survey: Survey) -> list[Ticket]:
    tickets = list(survey.tickets.all())
    for number, ticket in enumerate(tickets):
        # Each in a transaction of its own, as people answer.
        with transaction.atomic():
            answer_survey(ticket=ticket, answers=said(survey, text=f"意見{number}"))
    return tickets


def test_it_reaches_those_who_came(officer: Actor) -> None:
    survey = make_survey()
    absent = make_seat(survey.meeting)
    with pytest.raises(ValidationError, match="出席した方がいません"), transaction.atomic():
        open_survey(survey=survey, actor=officer)
    came = [make_seat(survey.meeting, attended_at=timezone.now()) for _ in range(2)]
    assert open_survey(survey=survey, actor=officer) == 2
    mails = OutgoingMail.objects.filter(message="meetings.survey")
    assert {mail.to for mail in mails} == {seat.email for seat in came}
    with pytest.raises(ValidationError, match="新しく送る相手はいません"):
        ask_newcomers(survey=survey, actor=officer)
    absent.attended_at = timezone.now()
    absent.save()
    assert ask_newcomers(survey=survey, actor=officer) == 1
    assert mails.all().count() == 3


def test_only_who_has_not_answered_is_reminded_once_a_day(officer: Actor) -> None:
    survey = opened(officer, people=2)
    first, second = survey.tickets.all()
    answer_survey(ticket=first, answers=said(survey))
    remind_survey(survey=survey, actor=officer)
    remind_survey(survey=survey, actor=officer)
    assert [mail.to for mail in OutgoingMail.objects.filter(message="meetings.survey_reminder")] == [second.email]
    answer_survey(ticket=second, answers=said(survey))
    with pytest.raises(ValidationError, match="全員から"):
        remind_survey(survey=survey, actor=officer)


def test_one_answer_each_until_it_closes(officer: Actor) -> None:
    survey = opened(officer, is_anonymous=False)
    first, second, third = survey.tickets.all()
    assert survey.closes_at
    answer_survey(ticket=first, answers=said(survey), now=survey.closes_at - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="すでに"):
        answer_survey(ticket=first, answers=said(survey))
    with pytest.raises(ValidationError, match="終了しました"):
        answer_survey(ticket=second, answers=said(survey), now=survey.closes_at)
    close_survey(survey=survey, actor=officer)
    with pytest.raises(ValidationError, match="終了しました"):
        answer_survey(ticket=third, answers=said(survey))
    assert Reply.objects.get().ticket == first
    with pytest.raises(ValidationError, match="終了"):
        open_survey(survey=survey, actor=officer)


def test_no_join_leads_from_an_anonymous_answer_to_a_person(officer: Actor) -> None:
    """Read from the database itself: the columns, the keys, the system columns, the order in the table."""
    survey = opened(officer, people=10)
    before = AuditEvent.objects.count()
    tickets = answer_all(survey)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'meetings_anonymousreply'::regclass AND attnum > 0"
        )
        assert {name for (name,) in cursor.fetchall()} == {"id", "programme_id", "survey_id", "answers"}
        cursor.execute(
            "SELECT DISTINCT confrelid::regclass::text FROM pg_constraint"
            " WHERE conrelid = 'meetings_anonymousreply'::regclass AND contype = 'f'"
        )
        assert {name for (name,) in cursor.fetchall()} == {"meetings_survey", "tenancy_programme"}
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE confrelid = 'meetings_anonymousreply'::regclass AND contype = 'f'"
        )
        assert cursor.fetchone() == (0,)
        # The transaction that Postgres notes with each row is the same for all replies, whoever answered when.
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM meetings_anonymousreply")
        assert cursor.fetchone() == (1, 10)
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM meetings_ticket WHERE has_answered")
        assert cursor.fetchone() == (10,)
        # They lie in the order of a shuffle: by chance in that of the answers once in 3.6 million times.
        words = str(survey.questions.all()[2].pk)
        cursor.execute("SELECT answers->>%s FROM meetings_anonymousreply ORDER BY ctid", [words])
        by_place = [text for (text,) in cursor.fetchall()]
    by_key = [one[words] for one in AnonymousReply.objects.order_by("id").values_list("answers", flat=True)]
    given = [f"意見{number}" for number in range(10)]
    assert sorted(by_place) == sorted(by_key) == sorted(given)
    assert by_place != given
    assert by_key != given
    # The record has no time of an answer, and a ticket no time at all.
    assert AuditEvent.objects.count() == before
    assert not Reply.objects.exists()
    assert {field.name for field in Ticket._meta.concrete_fields if "DateTime" in type(field).__name__} == set()
    assert {ticket.pk for ticket in survey.tickets.filter(has_answered=True)} == {ticket.pk for ticket in tickets}


def test_keys_of_anonymous_answers_do_not_last(officer: Actor) -> None:
    survey = opened(officer, people=2)
    first, second = survey.tickets.all()
    answer_survey(ticket=first, answers=said(survey))
    key = AnonymousReply.objects.get().pk
    answer_survey(ticket=second, answers=said(survey))
    assert not AnonymousReply.objects.filter(pk=key).exists()


def test_anonymous_results_wait_for_the_end_and_for_enough(officer: Actor) -> None:
    survey = opened(officer, people=FEWEST)
    answer_all(survey)
    now = timezone.now()
    open_now = results_of(survey, now)
    assert (open_now.asked, open_now.answered, open_now.questions) == (FEWEST, FEWEST, [])
    close_survey(survey=survey, actor=officer)
    survey.refresh_from_db()
    scale, several, texts = results_of(survey, now).questions
    assert (dict(scale.points)["4"], scale.average) == (FEWEST, 4)
    assert several.points == [("事例", 0), ("対話", FEWEST)]
    assert sorted(texts.texts) == [f"意見{number}" for number in range(FEWEST)]
    few = opened(officer, people=FEWEST - 1)
    answer_all(few)
    close_survey(survey=few, actor=officer)
    few.refresh_from_db()
    assert "満たない" in results_of(few, now).why_hidden


def test_rows_of_a_file_are_shuffled_and_without_names(officer: Actor) -> None:
    survey = opened(officer, people=10)
    answer_all(survey)
    questions = list(survey.questions.all())
    orders = {tuple(row[2] for row in rows_of(survey, questions)) for _ in range(3)}
    assert len(orders) > 1
    assert {len(row) for row in rows_of(survey, questions)} == {3}


def test_answers_with_names_are_seen_at_once(officer: Actor) -> None:
    survey = opened(officer, people=1, is_anonymous=False)
    [ticket] = survey.tickets.all()
    answer_survey(ticket=ticket, answers=said(survey, text="よい会でした"))
    assert results_of(survey, timezone.now()).questions[2].texts == ["よい会でした"]
    assert rows_of(survey, list(survey.questions.all())) == [
        [ticket.partner.name, ticket.name, "4", "対話", "よい会でした"]
    ]


def test_a_copy_has_the_questions_and_nobody(officer: Actor) -> None:
    survey = opened(officer)
    template = duplicate_survey(survey=survey, meeting=None, actor=officer)
    with pytest.raises(ValidationError, match="ひな形"):
        open_survey(survey=template, actor=officer)
    meeting = make_meeting(starts_at=timezone.now() + timedelta(days=3))
    copy = duplicate_survey(survey=template, meeting=meeting, actor=officer)
    assert [question.text for question in copy.questions.all()] == [
        question.text for question in survey.questions.all()
    ]
    assert (copy.state, copy.meeting, copy.tickets.count()) == (SurveyState.DRAFT, meeting, 0)
    assert copy.closes_at == meeting.ends_at + timedelta(days=14)


def test_what_is_open_stays_as_it_is_and_readers_do_nothing(officer: Actor, in_kanagawa: Programme) -> None:
    survey = opened(officer)
    with pytest.raises(ValidationError, match="書き換えられません"):
        save_survey(survey=survey, actor=officer)
    reader = make_actor(StaffRole.READ_ONLY, in_kanagawa)
    for deed in (open_survey, close_survey, remind_survey, ask_newcomers, save_survey):
        with pytest.raises(PermissionDenied):
            deed(survey=survey, actor=reader)


def exported(table: str) -> tuple[int, dict[str, Any]]:
    """How many answers stand in the full export, and what its manifest says of their table."""
    target = io.BytesIO()
    write_archive(target)
    archive = zipfile.ZipFile(target)
    tables = {one["name"]: one for one in json.loads(archive.read("manifest.json"))["tables"]}
    return archive.read(f"tables/{table}.csv").decode().count("満足の声"), tables[f"tables/{table}.csv"]


@pytest.mark.parametrize("people", [FEWEST - 1, FEWEST])
def test_the_full_export_shows_no_more_than_the_pages(officer: Actor, people: int) -> None:
    survey, shown = opened(officer, people=people), people if people >= FEWEST else 0
    named = opened(officer, people=1, is_anonymous=False)
    for one in (survey, named):
        for number, ticket in enumerate(one.tickets.all(), 1):
            answer_survey(ticket=ticket, answers=said(one, text="満足の声"))
            if one == survey:
                # Two exports, one answer between them: neither tells what it was.
                count, table = exported("meetings.anonymousreply")
                assert (count, table["rows"], table["rows_left_out"]) == (0, 0, number)
    close_survey(survey=survey, actor=officer)
    count, table = exported("meetings.anonymousreply")
    assert (count, table["rows"], table["rows_left_out"]) == (shown, shown, people - shown)
    assert exported("meetings.reply")[0] == 1
