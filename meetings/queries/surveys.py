"""What My Page shows of polls and questionnaires."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from meetings.queries.polls import open_polls, polls_due
from portal.tenancy.models import Feature
from portal.web.access import Actor
from portal.web.registry import Card, Due


def _card(actor: Actor) -> dict[str, Any]:
    return {"polls": open_polls(actor.place.partner_id, timezone.now())}


def _due(actor: Actor) -> Iterator[Due]:
    yield from polls_due(actor)


surveys_card = Card(template="meetings/surveys/card.html", context=_card, due=_due, feature=Feature.MEETINGS)
