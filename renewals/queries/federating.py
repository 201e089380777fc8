"""Where a report can be sent as well, and what came from other programmes. Nothing here asks another programme's tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.files.models import StoredFile
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import current_programme_id
from renewals.models import Arrival, Forwarding, Report


def other_programmes() -> "QuerySet[Programme]":
    """All that are open to everybody and take reports: whether the person has a place there is for them to say, and
    for the other programme to find out.
    """
    taking: QuerySet[Programme] = Programme.objects.public().filter(features__contains=[Feature.RENEWALS])
    return taking.exclude(pk=current_programme_id())


def sent_to(report: Report, user: Any) -> list[Forwarding]:
    """By this person: what a colleague did says where the colleague has a place."""
    return list(Forwarding.objects.filter(report=report, asked_by=user).select_related("to"))


def waiting_arrival(user: Any, arrival_id: str, what: str) -> Arrival | None:
    """One of the person's own that was not handed in yet, and is about this."""
    if not (arrival_id.isascii() and arrival_id.isdecimal() and len(arrival_id) < 10):
        return None
    arrival: Arrival | None = Arrival.objects.filter(user=user, report=None, pk=int(arrival_id)).first()
    return arrival if arrival and arrival.what == what else None


def start_of(arrival: Arrival) -> dict[str, Any]:
    """By the names of the form's fields."""
    photos = StoredFile.objects.pending().filter(key__in=arrival.photos)
    return {**arrival.content, "photos": list(photos)}


@dataclass(frozen=True)
class ArrivalLine:
    arrival: Arrival
    # Where it is handed in; empty while no report of that year is taken.
    url: str


def arrival_lines(user: Any, may_be_reported: Mapping[str, Any]) -> list[ArrivalLine]:
    waiting = Arrival.objects.filter(user=user, report=None)
    return [ArrivalLine(arrival, _url(arrival) if arrival.what in may_be_reported else "") for arrival in waiting]


def _url(arrival: Arrival) -> str:
    return f"{reverse('renewals:write', args=[arrival.what])}?from={arrival.pk}"
