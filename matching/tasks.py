"""The worker's entry points. Each may run at any time, any number of times."""

from collections.abc import Callable
from functools import partial

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
    for_each_programme(*(partial(_where_on, step) for step in (expire_postings, nudge_for_answers, ask_for_follow_up)))


def _where_on(step: Callable[..., None]) -> None:
    if current_programme().has(Feature.MATCHING):
        step(today=timezone.localdate())
