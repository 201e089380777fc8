"""Heartbeats: /readyz reads when beat last spoke and a worker last heard it."""

import time

from celery import shared_task
from django.core.cache import caches

BEAT_HEARD = "heartbeat"


@shared_task
def heartbeat() -> None:
    caches["platform"].set(BEAT_HEARD, time.time(), 3600)
