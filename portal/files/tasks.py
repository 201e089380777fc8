"""Scanning and sweeping. Both may run at any time, any number of times."""

from celery import shared_task

from portal.files import services
from portal.tenancy.models import Programme
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import programme_scope


@shared_task
def scan_waiting(programme_id: int) -> None:
    with programme_scope(Programme.objects.get(pk=programme_id)):
        services.scan_waiting()


@shared_task
def scan_all() -> None:
    """Whatever a lost nudge or an absent scanner left behind."""
    for_each_programme(services.scan_waiting)


@shared_task
def sweep() -> None:
    for_each_programme(services.sweep)


@shared_task
def sweep_strays() -> None:
    for_each_programme(services.sweep_strays)
