"""Deciding that a mail is to be sent. Sending it is portal/outbox/delivery.py, in a worker."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from portal.outbox.addresses import Undeliverable, split_address
from portal.outbox.messages import Attachment, Priority, messages
from portal.outbox.models import MailAttachment, OutgoingMail
from portal.outbox.states import State
from portal.tenancy.models import Language
from portal.tenancy.scope import current_programme_id
from portal.web.nudges import NORMAL, URGENT, nudge_on_commit

DELIVER = "portal.outbox.tasks.deliver"
DELIVER_SIGN_IN = "portal.outbox.tasks.deliver_sign_in"
LARGEST_ATTACHMENTS = 5 * 1024 * 1024


@transaction.atomic
def queue_mail(
    *,
    message: str,
    to: str,
    dedupe_key: str,
    data: Mapping[str, Any] | None = None,
    language: str = Language.JAPANESE,
    about: models.Model | None = None,
    attachments: Sequence[Attachment] = (),
    now: datetime | None = None,
) -> OutgoingMail:
    """Write the mail in the caller's transaction; it leaves when that is committed.

    The same `dedupe_key` gives the row that exists. An address that cannot be sent to does not stop the caller: the
    row is kept as failed, where staff see it. `data` says what the mail is about (ids), never a secret.
    """
    now = now or timezone.now()
    if sum(len(attachment.content) for attachment in attachments) > LARGEST_ATTACHMENTS:
        raise ValueError("The attachments of a mail are too large together.")
    priority = messages[message].priority
    mail, is_new = OutgoingMail.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "message": message,
            "priority": priority,
            "language": language if language in Language.values else Language.JAPANESE,
            "data": dict(data or {}),
            "about_type": about._meta.label_lower if about else "",
            "about_id": str(about.pk) if about else "",
            "created_at": now,
            "due_at": now,
            **_receiver(to, now),
        },
    )
    if is_new:
        MailAttachment.objects.bulk_create(MailAttachment(mail=mail, **vars(attachment)) for attachment in attachments)
        if mail.state == State.QUEUED:
            _nudge_worker(priority)
    return mail


def _nudge_worker(priority: int) -> None:
    if priority == Priority.SIGN_IN:
        nudge_on_commit(DELIVER_SIGN_IN, current_programme_id(), priority=URGENT)
    else:
        nudge_on_commit(DELIVER, current_programme_id(), priority=NORMAL)


def _receiver(to: str, now: datetime) -> dict[str, Any]:
    try:
        return {"to": to.strip(), "domain": split_address(to)[1]}
    except Undeliverable as problem:
        shown = "".join(character if character.isprintable() else "?" for character in to)[:320]
        return {"to": shown, "state": State.FAILED, "finished_at": now, "answer": str(problem)}
