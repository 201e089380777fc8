"""The messages of the mail measurements, and the Celery application of a worker that knows them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django
from celery.signals import worker_init
from django.template import engines

django.setup()

from portal.celery import app
from portal.outbox.messages import Message, Priority, register
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url

__all__ = ["app"]


def context(mail: OutgoingMail) -> Mapping[str, Any]:
    return mail.data | {"url": absolute_url("/meetings/12/"), "deadline": "7月10日（金）17時"}


@worker_init.connect
def register_messages(**kwargs: Any) -> None:
    engines["django"].engine.dirs.append(Path(__file__).parent / "templates")  # type: ignore[attr-defined]
    register(
        Message("bench.announcement", "一斉送信", Priority.BULK, context),
        Message("bench.sign_in", "ログイン", Priority.SIGN_IN, context, secret=True),
    )
