"""Full exports in the background; by the clock, whatever a lost nudge left behind."""

from celery import shared_task

from portal.backoffice.exporting import delete_strays, forget_exports, make_waiting_exports
from portal.tenancy.models import Programme
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import programme_scope


@shared_task
def make_exports(programme_id: int) -> None:
    with programme_scope(Programme.objects.get(pk=programme_id)):
        make_waiting_exports()


@shared_task
def sweep_exports() -> None:
    for_each_programme(make_waiting_exports, forget_exports, delete_strays)
