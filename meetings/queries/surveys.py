"""What My Page shows of polls and questionnaires, and whom a questionnaire of partners would reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Reply, Survey, ThemePoll, Ticket
from meetings.queries.polls import open_polls, polls_due
from meetings.states import SurveyState
from partners.models import Member, Partner
from partners.queries.segments import people_of
from portal.tenancy.models import Feature
from portal.web.access import Actor
from portal.web.registry import Card, Due, mail_segments
from portal.web.text import inside_quotes


def _card(actor: Actor) -> dict[str, Any]:
    return {"polls": open_polls(actor.place.partner_id, timezone.now())}


def tickets_of(actor: Actor, now: datetime) -> QuerySet[Ticket]:
    """The questionnaires that the person was mailed and has not answered."""
    asked = Ticket.objects.filter(
        email=actor.user.email, partner=actor.place.partner_id, has_answered=False, survey__state=SurveyState.OPEN
    )
    return asked.filter(survey__closes_at__gt=now).select_related("survey__meeting").order_by("survey__closes_at")


def surveys_there_are(actor: Actor) -> list[QuerySet[Any]]:
    """A poll, now or before, or a questionnaire for the organisation, or one that waits for this person."""
    return [
        ThemePoll.objects.begun(),
        Ticket.objects.of_partners().filter(partner=actor.place.partner_id),
        tickets_of(actor, timezone.now()),
    ]


@dataclass(frozen=True)
class SurveyLine:
    survey: Survey
    is_open: bool
    has_answered: bool


def survey_lines(partner_id: int, now: datetime) -> list[SurveyLine]:
    """What the organisation was asked, the newest first."""
    asked = Ticket.objects.of_partners().filter(partner=partner_id).select_related("survey").order_by("-survey_id")
    return [SurveyLine(one.survey, one.survey.is_open_at(now), one.has_answered) for one in asked[:50]]


def surveys_due(partner_id: int, now: datetime) -> list[Survey]:
    return [line.survey for line in survey_lines(partner_id, now) if line.is_open and not line.has_answered]


def reply_of(survey: Survey, partner_id: int) -> Reply | None:
    found: Reply | None = Reply.objects.filter(ticket__survey=survey, ticket__partner=partner_id).first()
    return found


def surveys_for(partner_id: int) -> QuerySet[Survey]:
    return Survey.objects.filter(pk__in=Ticket.objects.of_partners().filter(partner=partner_id).values("survey"))


def reach_of(survey: Survey) -> tuple[int, int, int]:
    """How many partners it is for, how many of them it would reach now, and how many people there."""
    people = people_asked(survey).values_list("partner", flat=True)
    return partners_asked(survey).count(), len(set(people)), len(people)


def people_asked(survey: Survey) -> QuerySet[Member]:
    """Of a survey of partners that is not open yet: everybody whom it would reach now."""
    return people_of(partners_asked(survey)).select_related("user")


def partners_asked(survey: Survey) -> QuerySet[Partner]:
    segment = mail_segments[survey.segment]
    if segment.partners is None:
        raise ValueError(f"“{survey.segment}” is not made of partners.")
    return segment.partners(survey.choice)


def _due(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    yield from polls_due(actor)
    for survey in surveys_due(actor.place.partner_id, timezone.now()):
        yield Due(
            _("アンケート「%s」に答える") % inside_quotes(survey.title),
            reverse("my_meetings:survey", args=[survey.pk]),
            survey.closes_at,
            note=_("1つの団体につき1つの回答です。"),
        )
    for ticket in tickets_of(actor, timezone.now()):
        yield Due(
            _("アンケート「%s」に答える") % inside_quotes(ticket.survey.title),
            reverse("meetings:answer", args=[ticket.token]),
            ticket.survey.closes_at,
            note=str(ticket.survey.meeting),
        )


surveys_card = Card(template="meetings/surveys/card.html", context=_card, due=_due, feature=Feature.MEETINGS)
