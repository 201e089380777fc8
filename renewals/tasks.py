"""What the clock starts for renewals."""

from celery import shared_task
from django.utils import timezone

from portal.tenancy.models import Feature
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme
from renewals.services.daily import look_at_due


@shared_task
def look_at_deadlines() -> None:
    """Every half hour in the daytime: whatever a lost night left undone is done in the next round."""
    for_each_programme(_look)


def _look() -> None:
    if current_programme().has(Feature.RENEWALS):
        look_at_due(today=timezone.localdate())
