"""The worker's entry points. Each may run at any time, any number of times."""

from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.utils import timezone

from matching.services.applications import nudge_for_answers
from matching.services.collaborations import ask_for_follow_up
from matching.services.introductions import keep_introduction_dates
from matching.services.postings import expire_postings
from portal.tenancy.models import Feature
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme


@shared_task
def keep_dates() -> None:
    """Postings that end, applications and introductions that nobody answers, and what became of collaborations."""
    steps = (expire_postings, nudge_for_answers, ask_for_follow_up, keep_introduction_dates)
    for_each_programme(*(partial(_where_on, step) for step in steps))


def _where_on(step: Callable[..., None]) -> None:
    if current_programme().has(Feature.MATCHING):
        step(today=timezone.localdate())
