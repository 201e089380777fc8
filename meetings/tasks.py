"""The worker's entry points. Each may run at any time, any number of times."""

from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from meetings.services.consultations import remind_of_reservations
from meetings.services.draws import hold_draws
from meetings.services.exchange import exchange_all
from meetings.services.rounds import end_all_offers, send_reminders
from meetings.services.talks import remind_of_materials
from portal.tenancy.models import Feature
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme

STEPS = (end_all_offers, send_reminders, remind_of_materials, hold_draws, remind_of_reservations, exchange_all)


@shared_task
def keep_time() -> None:
    """Places that were held long enough, the draws and reminders that are due. One that fails keeps no other from its work."""
    for_each_programme(*(_where_on(step) for step in STEPS))


def _where_on(step: Callable[..., object]) -> Callable[[], None]:
    def run() -> None:
        if current_programme().has(Feature.MEETINGS):
            step(now=timezone.now())

    return run
