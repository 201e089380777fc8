"""The worker's entry points. Each may run at any time, any number of times."""

from celery import shared_task
from django.utils import timezone

from matching.services.applications import nudge_for_answers
from matching.services.collaborations import ask_for_follow_up
from matching.services.postings import expire_postings
from portal.tenancy.models import Feature
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme


@shared_task
def keep_dates() -> None:
    """Postings that end soon or are over, applications that nobody answers, and what became of collaborations."""
    for_each_programme(_keep_dates)


def _keep_dates() -> None:
    if current_programme().has(Feature.MATCHING):
        expire_postings(today=timezone.localdate())
        nudge_for_answers(today=timezone.localdate())
        ask_for_follow_up(today=timezone.localdate())
