"""Heartbeats: beat notes that it speaks, a worker notes that it hears. /readyz reads when each last did."""

import time
from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.core.cache import caches

BEAT, WORKER = "heartbeat:beat", "heartbeat:worker"


@shared_task
def heartbeat() -> None:
    _note(WORKER)


@before_task_publish.connect(sender=heartbeat.name)
def beat_speaks(**kwargs: Any) -> None:
    """Runs in the process that sends the task, and nobody but beat sends this one."""
    _note(BEAT)


def _note(who: str) -> None:
    caches["platform"].set(who, time.time(), 3600)
