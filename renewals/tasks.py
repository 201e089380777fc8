"""What the clock starts for renewals, and what carries a report from one programme to another."""

from celery import shared_task
from django.utils import timezone

from portal.tenancy.models import Feature, Programme
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme, current_programme_id, programme_scope
from portal.web.nudges import NORMAL, Nudge
from renewals.models import Forwarding
from renewals.services.daily import look_at_due
from renewals.services.federating import CARRY, carried, pack, unpack


@shared_task
def look_at_deadlines() -> None:
    """Every half hour in the daytime: whatever a lost night left undone is done in the next round."""
    for_each_programme(_look, _nudge_carriers)


def _look() -> None:
    if current_programme().has(Feature.RENEWALS):
        look_at_due(today=timezone.localdate())


@shared_task
def carry_report(programme_id: int, forwarding_id: int) -> None:
    """One programme's scope after the other, never one inside the other. What breaks off is done again: it arrives once."""
    here = Programme.objects.get(pk=programme_id)
    with programme_scope(here):
        parcel = pack(forwarding_id)
        there = Programme.objects.filter(pk__in=Forwarding.objects.filter(pk=forwarding_id).values("to")).first()
    if parcel and there:
        with programme_scope(there):
            unpack(parcel)
    with programme_scope(here):
        carried(forwarding_id)


def _nudge_carriers() -> None:
    for forwarding_id in Forwarding.objects.filter(carried_at=None).values_list("pk", flat=True)[:100]:
        Nudge(CARRY, (current_programme_id(), forwarding_id), NORMAL)()
