"""The worker's entry points. Each may run at any time, any number of times."""

from celery import shared_task
from django.utils import timezone

from meetings.services.rounds import end_all_offers, send_reminders
from meetings.services.talks import remind_of_materials
from portal.tenancy.models import Feature
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme


@shared_task
def keep_time() -> None:
    """Places that were held long enough, and the reminders that are due."""
    for_each_programme(_only_where_on)


def _only_where_on() -> None:
    if current_programme().has(Feature.MEETINGS):
        now = timezone.now()
        end_all_offers(now=now)
        send_reminders(now=now)
        remind_of_materials(now=now)
