"""Telling a worker, by a task's name, that something waits for it. A nudge may get lost: every kind of work has a
sweep that finds what waits, so nothing here fails, and a broker that is gone costs a request next to nothing.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

# Redis serves a smaller number first.
URGENT, NORMAL, PATIENT = 0, 3, 9
# After a failure the broker is left alone for a moment, so that not every request waits for it.
PAUSE = 5.0
# By then a sweep has found the work, so old nudges do not pile up behind a worker that is stuck.
EXPIRES = 120

_publisher = Connection(  # type: ignore[no-untyped-call]
    settings.CELERY_BROKER_URL,
    # One attempt; kombu's own patience is a hundred.
    transport_options={
        "socket_timeout": 1,
        "socket_connect_timeout": 0.5,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    },
)
_quiet_until = 0.0


@dataclass(frozen=True)
class Nudge:
    task: str
    args: tuple[Any, ...] = ()
    priority: int = NORMAL

    def __call__(self) -> None:
        global _quiet_until  # noqa: PLW0603 - one for the process, like the broker's connection
        if time.monotonic() < _quiet_until:
            return
        try:
            with producers[_publisher].acquire(block=True, timeout=1) as producer:
                current_app.send_task(
                    self.task, self.args, producer=producer, retry=False, priority=self.priority, expires=EXPIRES
                )
        except (OperationalError, OSError) as error:
            _quiet_until = time.monotonic() + PAUSE
            logger.warning("nudge lost", extra={"facts": {"task": self.task, "error": type(error).__name__}})


def nudge_on_commit(task: str, *args: Any, priority: int = NORMAL) -> None:
    """Once per transaction, however many rows it writes."""
    nudge = Nudge(task, args, priority)
    if not any(waiting == nudge for _sids, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(nudge)
