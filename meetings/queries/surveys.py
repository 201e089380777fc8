"""What My Page shows of polls and questionnaires."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import ThemePoll, Ticket
from meetings.queries.polls import open_polls, polls_due
from meetings.states import SurveyState
from portal.tenancy.models import Feature
from portal.web.access import Actor
from portal.web.registry import Card, Due


def _card(actor: Actor) -> dict[str, Any]:
    return {"polls": open_polls(actor.place.partner_id, timezone.now())}


def tickets_of(actor: Actor, now: datetime) -> QuerySet[Ticket]:
    """The questionnaires that the person was mailed and has not answered."""
    asked = Ticket.objects.filter(
        email=actor.user.email, partner=actor.place.partner_id, has_answered=False, survey__state=SurveyState.OPEN
    )
    return asked.filter(survey__closes_at__gt=now).select_related("survey__meeting").order_by("survey__closes_at")


def surveys_there_are(actor: Actor) -> list[QuerySet[Any]]:
    """A poll, now or before, or a questionnaire that waits for this person."""
    return [ThemePoll.objects.begun(), tickets_of(actor, timezone.now())]


def _due(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    yield from polls_due(actor)
    for ticket in tickets_of(actor, timezone.now()):
        yield Due(
            _("アンケート「%s」に答える") % ticket.survey.title,
            reverse("meetings:answer", args=[ticket.token]),
            ticket.survey.closes_at,
            note=str(ticket.survey.meeting),
        )


surveys_card = Card(template="meetings/surveys/card.html", context=_card, due=_due, feature=Feature.MEETINGS)
