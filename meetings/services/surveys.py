"""The questionnaire: made, mailed, answered by those who came to a meeting once each, closed. How organisations are
asked and answer: partner_surveys.py.

An anonymous answer is kept so that nothing leads back: see `_lay_among_the_others`.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import AnonymousReply, Meeting, Reply, Seat, Survey, Ticket
from meetings.services.partner_surveys import ask_partners, remind_partners
from meetings.services.steps import lock_survey, move_survey
from meetings.states import SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import Letter, queue_each
from portal.web.access import Actor, only_staff

# A copy for the next meeting stays open as long after it, unless staff say otherwise.
USUALLY_OPEN = timedelta(days=14)


@transaction.atomic
def save_survey(*, survey: Survey, actor: Actor) -> None:
    """Only before it opens: what is answered does not change afterwards."""
    only_staff(actor)
    if survey.pk is not None and lock_survey(survey.pk).state != SurveyState.DRAFT:
        raise ValidationError(_("受付を始めたアンケートは、書き換えられません。"))
    survey.save()


@transaction.atomic
def duplicate_survey(*, survey: Survey, meeting: Meeting | None, actor: Actor) -> Survey:
    """The same questions for another meeting; without one, for the same partners again, or a template."""
    only_staff(actor)
    questions = list(survey.questions.all())
    is_again = meeting is None and survey.asks_partners
    copy = Survey.objects.create(
        title=survey.title if meeting or is_again else _("%sのひな形") % survey.title[:100], text=survey.text,
        meeting=meeting, segment=survey.segment if is_again else "", choice=survey.choice if is_again else "",
        is_anonymous=survey.is_anonymous,
        closes_at=max(meeting.ends_at, timezone.now()) + USUALLY_OPEN if meeting else None,
    )  # fmt: skip
    for question in questions:
        question.pk, question.survey = None, copy
        question._state.adding = True  # noqa: SLF001 - Django's own way of copying a row
        question.save()
    record_event(action=Action.ROW_ADDED, subject=copy, actor=actor.user, changes={"title": (None, copy.title)})
    return copy


@transaction.atomic
def open_survey(*, survey: Survey, actor: Actor) -> int:
    """Mails it to everybody who came to its meeting, or to the people of its partners. How many are asked."""
    only_staff(actor)
    survey = lock_survey(survey.pk)
    if survey.meeting is None and not survey.asks_partners:
        raise ValidationError(_("ひな形です。写して会を選ぶか、送る相手の団体を選んでください。"))
    if not survey.questions.exists():
        raise ValidationError(_("質問を、1つ以上入力してください。"))
    if survey.closes_at is None or survey.closes_at <= timezone.now():
        raise ValidationError(_("締切は、これからの日時にしてください。"))
    move_survey(survey, SurveyState.OPEN, actor)
    if survey.asks_partners:
        return ask_partners(survey)
    count = _ask_those_who_came(survey)
    if not count:
        raise ValidationError(_("出席した方がいません。先に、会の「参加者の名簿と出席」で出席を記録してください。"))
    return count


@transaction.atomic
def ask_newcomers(*, survey: Survey, actor: Actor) -> int:
    """Whose attendance was recorded since. Of organisations, who is asked is settled when it opens."""
    only_staff(actor)
    survey = _locked_and_open(survey.pk)
    if survey.asks_partners:
        raise ValidationError(_("団体に聞くアンケートは、受付を始めたときの団体だけに聞きます。"))
    count = _ask_those_who_came(survey)
    if not count:
        raise ValidationError(_("新しく送る相手はいません。"))
    record_event(action=Action.SURVEY_MAILED, subject=survey, actor=actor.user, changes={"rows": (None, count)})
    return count


@transaction.atomic
def remind_survey(*, survey: Survey, actor: Actor) -> int:
    """Once a day at most, and only those who have not answered."""
    only_staff(actor)
    survey = _locked_and_open(survey.pk)
    missing = list(survey.tickets.counted().filter(has_answered=False))
    if not missing:
        raise ValidationError(_("全員から回答をいただいています。"))
    if survey.asks_partners:
        remind_partners(survey, missing)
    else:
        _mail(survey, missing, "meetings.survey_reminder", f"{timezone.localdate()}")
    record_event(action=Action.SURVEY_MAILED, subject=survey, actor=actor.user, changes={"rows": (None, len(missing))})
    return len(missing)


@transaction.atomic
def close_survey(*, survey: Survey, actor: Actor) -> None:
    only_staff(actor)
    move_survey(lock_survey(survey.pk), SurveyState.CLOSED, actor)


@transaction.atomic
def answer_survey(*, ticket: Ticket, answers: Mapping[str, Any], now: datetime | None = None) -> None:
    """Once. Nothing of it goes on record: the time of a record would lead back to the person."""
    survey = lock_survey(ticket.survey_id)
    if not survey.is_open_at(now or timezone.now()):
        raise ValidationError(_("このアンケートは終了しました。"))
    ticket = Ticket.objects.select_for_update(of=("self",)).exclude(email="").get(pk=ticket.pk)
    if ticket.has_answered:
        raise ValidationError(_("すでに回答をいただいています。"))
    ticket.has_answered = True
    ticket.save(update_fields=["has_answered"])
    if survey.is_anonymous:
        _lay_among_the_others(survey, answers)
    else:
        Reply.objects.create(ticket=ticket, answers=dict(answers))


def _lay_among_the_others(survey: Survey, answers: Mapping[str, Any]) -> None:
    """All replies are taken out, shuffled and laid back with new keys, so that none stands out as the one just written:
    not by its key, not by its place in the table, not by the transaction that Postgres notes with each row. The survey
    is locked, so that two who answer at once shuffle one after the other.
    """
    replies = survey.anonymous_replies.all()
    said = [*replies.values_list("answers", flat=True), dict(answers)]
    replies.delete()
    secrets.SystemRandom().shuffle(said)
    AnonymousReply.objects.bulk_create(AnonymousReply(survey=survey, answers=one) for one in said)


def _locked_and_open(survey_id: int) -> Survey:
    survey = lock_survey(survey_id)
    if not survey.is_open_at(timezone.now()):
        raise ValidationError(_("受付中のときだけできます。"))
    return survey


def _ask_those_who_came(survey: Survey) -> int:
    asked = set(survey.tickets.values_list("email", flat=True))
    came = Seat.objects.confirmed().filter(meeting=survey.meeting, attended_at__isnull=False).select_related("sign_up")
    tickets = [
        Ticket(
            survey=survey, partner_id=seat.sign_up.partner_id, name=seat.name, email=seat.email, language=seat.language
        )
        for seat in came
        if seat.email not in asked
    ]
    Ticket.objects.bulk_create(tickets)
    _mail(survey, tickets, "meetings.survey", "asked")
    return len(tickets)


def _mail(survey: Survey, tickets: list[Ticket], message: str, key: str) -> None:
    queue_each(
        message=message,
        letters=[
            Letter(
                to=ticket.email,
                dedupe_key=f"{message}:{ticket.pk}:{key}",
                data={"ticket": ticket.pk},
                about=survey,
                language=ticket.language,
            )
            for ticket in tickets
        ],
    )
