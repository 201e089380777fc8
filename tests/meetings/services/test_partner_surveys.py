"""The questionnaire of organisations: who is asked is settled at the opening, one answer each, changed until it closes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Reply, Survey, Ticket
from meetings.queries.answers import header_of, results_of, rows_of, said_in
from meetings.services.partner_surveys import answer_for_partner
from meetings.services.steps import Overtaken
from meetings.services.surveys import (
    answer_survey,
    ask_newcomers,
    close_survey,
    duplicate_survey,
    open_survey,
    remind_survey,
)
from meetings.states import SurveyState
from partners.models import Partner
from partners.services.standing import move_partner
from partners.states import Move, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import make_actor, make_meeting, make_member, make_partner, make_survey
from tests.meetings.conftest import member_actor

pytestmark = pytest.mark.usefixtures("in_kanagawa")


def said(survey: Survey, step: str = "4", text: str = "") -> dict[str, Any]:
    scale, several, words = survey.questions.all()
    return {str(scale.pk): step, str(several.pk): ["対話"], str(words.pk): text}


def opened(officer: Actor, **fields: Any) -> Survey:
    survey = make_survey(segment="partners", **fields)
    open_survey(survey=survey, actor=officer)
    survey.refresh_from_db()
    return survey


def answer(survey: Survey, actor: Actor, *, seen: int = 0, **words: str) -> Reply:
    return answer_for_partner(survey_id=survey.pk, answers=said(survey, **words), seen=seen, actor=actor)


def test_everybody_of_the_partners_at_that_moment_is_asked(officer: Actor, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        make_member()
    first, second = make_member(MemberRole.VIEWER).partner, make_member().partner
    colleague = make_member(partner=second)
    make_partner(name="まだだれもログインしていない団体")
    make_member(partner=make_partner(name="停止中の団体", state=PartnerState.SUSPENDED))
    colleague.user.language = "en"
    colleague.user.save()
    survey = make_survey(segment="partners")
    assert open_survey(survey=survey, actor=officer) == 2
    make_member(partner=make_partner(name="あとから登録した団体"))
    assert {ticket.partner for ticket in survey.tickets.all()} == {first, second}
    mails = OutgoingMail.objects.filter(message="meetings.partner_survey")
    assert mails.count() == 3
    [mail] = mails.filter(to=colleague.user.email)
    assert mail.language == "en"
    assert f"/mypage/surveys/{survey.pk}/" in render_mail(mail).text
    with pytest.raises(ValidationError, match="受付を始めたときの団体だけ"):
        ask_newcomers(survey=survey, actor=officer)
    survey.refresh_from_db()
    assert results_of(survey, timezone.now()).asked == 2


def test_nobody_to_ask_opens_nothing(officer: Actor) -> None:
    survey = make_survey(segment="partners")
    with pytest.raises(ValidationError, match="送る相手がいません"), transaction.atomic():
        open_survey(survey=survey, actor=officer)
    survey.refresh_from_db()
    assert survey.state == SurveyState.DRAFT


def test_a_colleague_changes_the_one_answer_until_it_closes(officer: Actor) -> None:
    partner = make_partner()
    one, other = member_actor(partner, MemberRole.VIEWER), member_actor(partner)
    survey = opened(officer)
    first = answer(survey, one)
    with pytest.raises(Overtaken) as refusal:
        answer(survey, other, step="2")
    assert refusal.value.revision == first.revision == 1
    # The same form, pressed twice, is no other answer.
    assert answer(survey, one).revision == 1
    assert answer(survey, other, seen=1, step="2").revision == 2
    reply = Reply.objects.get()
    assert [line.value for line in said_in(reply, list(survey.questions.all()))] == ["2", "対話", ""]
    assert AuditEvent.objects.filter(action=Action.SURVEY_ANSWERED).count() == 2
    assert survey.closes_at
    late: dict[str, Any] = {"survey_id": survey.pk, "answers": said(survey), "seen": 2, "actor": one}
    with pytest.raises(ValidationError, match="終了しました"):
        answer_for_partner(**late, now=survey.closes_at)
    assert answer_for_partner(**late, now=survey.closes_at - timedelta(seconds=1)).revision == 3
    close_survey(survey=survey, actor=officer)
    with pytest.raises(ValidationError, match="終了しました"):
        answer_for_partner(**(late | {"seen": 3}))


def test_only_who_was_asked_answers_and_not_by_a_secret_address(officer: Actor) -> None:
    asked = member_actor()
    survey = opened(officer)
    with pytest.raises(PermissionDenied):
        answer(survey, member_actor(make_partner(name="あとから登録した団体")))
    with pytest.raises(PermissionDenied):
        answer(survey, officer)
    with pytest.raises(Ticket.DoesNotExist):
        answer_survey(ticket=survey.tickets.get(), answers=said(survey))
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.create(survey=survey, partner_id=asked.place.partner_id)


def test_who_has_not_answered_is_reminded_and_answering_calls_waiting_mails_off(officer: Actor) -> None:
    done, missing = member_actor(), member_actor(make_partner(name="まだの団体"))
    survey = opened(officer)
    answer(survey, done)
    newcomer = make_member(partner=Partner.objects.get(pk=missing.place.partner_id))
    assert remind_survey(survey=survey, actor=officer) == 1
    remind_survey(survey=survey, actor=officer)
    mails = OutgoingMail.objects.filter(message="meetings.partner_survey_reminder")
    assert {mail.to for mail in mails} == {missing.user.email, newcomer.user.email}
    assert mails.count() == 2
    assert render_mail(mails[0]) is not None
    answer(survey, missing)
    assert render_mail(mails[0]) is None
    with pytest.raises(ValidationError, match="全員から"):
        remind_survey(survey=survey, actor=officer)


def test_the_rate_counts_who_was_asked_and_is_a_partner_until_the_deadline(
    officer: Actor, in_kanagawa: Programme
) -> None:
    actors = [member_actor(make_partner(name=f"団体{number}")) for number in range(4)]
    survey = opened(officer)
    for actor in actors[:2]:
        answer(survey, actor, text=actor.place.partner_name)
    approver = make_actor(StaffRole.APPROVER, in_kanagawa)
    for actor in (actors[1], actors[3]):
        move_partner(partner_id=actor.place.partner_id, move=Move.LEAVE, reason="解散", actor=approver)
    found = results_of(survey, timezone.now())
    assert (found.asked, found.answered, found.left, found.rate) == (2, 1, 2, 50)
    assert found.questions[2].texts == ["団体0"]
    questions = list(survey.questions.all())
    assert header_of(survey, questions)[0] == "団体"
    assert rows_of(survey, questions) == [["団体0", "4", "対話", "団体0"]]
    # Who leaves after the deadline was a partner when it mattered.
    Survey.objects.update(closes_at=timezone.now() - timedelta(days=1))
    survey.refresh_from_db()
    assert (results_of(survey, timezone.now()).asked, results_of(survey, timezone.now()).left) == (4, 0)


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({"is_anonymous": True}, "a_survey_of_partners_has_names"),
        ({"meeting": True}, "a_survey_of_partners_has_no_meeting"),
        ({"segment": "", "state": SurveyState.OPEN}, "an_open_survey_asks_somebody_until_a_time"),
    ],
)
def test_the_database_knows_whom_a_survey_asks(fields: dict[str, Any], broken: str) -> None:
    survey = make_survey(segment="partners")
    if "meeting" in fields:
        fields = {"meeting": make_meeting()}
    with pytest.raises(IntegrityError, match=broken), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(**fields)


def test_next_years_is_a_copy_for_the_same_partners(officer: Actor) -> None:
    survey = make_survey(segment="partners")
    again = duplicate_survey(survey=survey, meeting=None, actor=officer)
    assert (again.title, again.segment, again.meeting, again.state) == (survey.title, "partners", None, "draft")
    meeting = make_meeting(starts_at=timezone.now() + timedelta(days=3))
    assert duplicate_survey(survey=survey, meeting=meeting, actor=officer).segment == ""
