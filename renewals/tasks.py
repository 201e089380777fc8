"""What the clock starts for renewals, and what carries a report from one programme to another."""

import logging

from celery import shared_task
from django.utils import timezone

from portal.tenancy.models import Feature, Programme
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme, current_programme_id, programme_scope
from portal.web.nudges import NORMAL, Nudge
from renewals.models import Forwarding
from renewals.services.daily import look_at_due
from renewals.services.federating import CARRY, carried, pack, unpack

logger = logging.getLogger(__name__)


@shared_task
def look_at_deadlines() -> None:
    """Every half hour, day and night; mails wait for the hour of the rules. What one round left undone, the next one does."""
    for_each_programme(_look, _nudge_carriers)


def _look() -> None:
    if current_programme().has(Feature.RENEWALS):
        look_at_due(today=timezone.localdate())


@shared_task
def carry_reports(programme_id: int) -> None:
    """All that wait, each by itself. The first error is raised at the end: staff hear of it until nothing is stuck."""
    here, errors = Programme.objects.get(pk=programme_id), []
    with programme_scope(here):
        waiting = list(Forwarding.objects.filter(carried_at=None).values_list("pk", flat=True))
    for forwarding_id in waiting:
        try:
            _carry(here, forwarding_id)
        except Exception as error:
            # Whatever it was: the next report has nothing to do with it, and the next round tries again.
            logger.exception("report not carried", extra={"facts": {"forwarding": forwarding_id}})
            errors.append(error)
    if errors:
        raise errors[0]


def _carry(here: Programme, forwarding_id: int) -> None:
    """One programme's scope after the other, never one inside the other. What breaks off is done again: it arrives once."""
    with programme_scope(here):
        parcel = pack(forwarding_id)
        there = Programme.objects.filter(pk__in=Forwarding.objects.filter(pk=forwarding_id).values("to")).first()
    if parcel and there:
        with programme_scope(there):
            unpack(parcel)
    with programme_scope(here):
        carried(forwarding_id)


def _nudge_carriers() -> None:
    if Forwarding.objects.filter(carried_at=None).exists():
        Nudge(CARRY, (current_programme_id(),), NORMAL)()
