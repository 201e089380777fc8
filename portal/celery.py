"""The Celery application: tasks live in each app's tasks.py and are called by name. One line of log for each run."""

import logging
import os
import time
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_failure, task_postrun, task_prerun

from portal.web.logs import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger("portal.tasks")


@setup_logging.connect
def leave_logging_to_the_settings(**kwargs: Any) -> None:
    """That somebody listens is enough: Celery sets up no logging of its own."""


@task_prerun.connect
def note_the_start(task_id: str, task: Any, **kwargs: Any) -> None:
    request_id.set(task_id)
    task.request.started = time.perf_counter()


@task_failure.connect
def log_exception(exception: BaseException, **kwargs: Any) -> None:
    logger.error("task failed", exc_info=exception)


@task_postrun.connect
def log_run(task: Any, state: str | None, **kwargs: Any) -> None:
    # Never its arguments: they may name a person.
    ms = round((time.perf_counter() - task.request.started) * 1000)
    logger.info("task", extra={"facts": {"task": task.name, "state": state, "ms": ms}})
    request_id.set("")
