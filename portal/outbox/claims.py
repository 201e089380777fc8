"""The database's half of delivery: who is sending which mail, and what became of it.

A worker claims mails under a lease. Whoever lets the lease run out counts as killed, and others find its mails. Each
outcome is written by itself, so that a kill costs at most the one mail that was on the wire: it is sent once more,
with the same Message-ID.
"""

import random
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from portal.outbox.limits import budget_now
from portal.outbox.messages import Priority
from portal.outbox.models import MailProblem, OutgoingMail
from portal.outbox.rendering import Words
from portal.outbox.retries import pause_after
from portal.outbox.states import State, sources

# Longer than the slowest mail that is still on its way (EMAIL_TIMEOUT holds for each of the steps).
LEASE = timedelta(minutes=2)
# The one statement that is written for every mail: by hand, as the ORM takes three times as long to put it together.
SENT = """
UPDATE outbox_outgoingmail SET state = %s, lease = NULL, finished_at = %s, attempts = attempts + 1,
    answer = %s, subject = %s, text = %s
WHERE id = %s AND state = ANY(%s)
"""


@transaction.atomic
def claim(*, size: int, now: datetime, least: Priority = Priority.BULK) -> list[OutgoingMail]:
    """The next mails by priority. Nobody else gets them while the lease lasts."""
    budget = budget_now(now)
    due = budget.narrow(OutgoingMail.objects.due(now).filter(priority__lte=least)).prefetch_related("attachments")
    batch = [mail for mail in due.select_for_update(skip_locked=True, of=("self",))[:size] if budget.take(mail)]
    if batch:
        claimed = {"state": State.SENDING, "lease": uuid.uuid4(), "claimed_at": now, "due_at": now + LEASE}
        for mail in batch:
            vars(mail).update(claimed)
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in batch]).update(**claimed)
    return batch


@transaction.atomic
def is_anything_due(now: datetime) -> bool:
    return budget_now(now).narrow(OutgoingMail.objects.due(now)).exists()


@transaction.atomic
def give_back(*, batch: Collection[OutgoingMail], now: datetime) -> None:
    """Untouched mails. It is not their fault, and costs them neither an attempt nor a wait."""
    for lease in {mail.lease for mail in batch}:
        ours = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in batch], state=State.SENDING, lease=lease)
        ours.locked().update(state=State.QUEUED, lease=None, claimed_at=None, due_at=now)


def record_sent(*, mail: OutgoingMail, answer: str, words: Words | None, now: datetime) -> None:
    """Written even if the lease has run out meanwhile: the server has the mail, and no second one shall follow.

    `words` is None where they are secret. Delivery writes the same beside its other work (ledger.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(SENT, sent_values(mail=mail, answer=answer, words=words, now=now))


def sent_values(*, mail: OutgoingMail, answer: str, words: Words | None, now: datetime) -> list[Any]:
    sources_of_sent = [str(state) for state in sources(State.SENT)]
    subject, text = (words.subject, words.text) if words else ("", "")
    return [str(State.SENT), now, answer, subject, text, mail.pk, sources_of_sent]


@transaction.atomic
def record_deferred(*, mail: OutgoingMail, answer: str, now: datetime) -> None:
    pause = pause_after(mail.attempts + 1, luck=random.random())  # noqa: S311 - no secret
    if pause is None:
        record_failed(mail=mail, answer=answer, now=now)
        return
    changed = {"state": State.DEFERRED, "lease": None, "due_at": now + pause, "answer": answer}
    if _still_ours(mail).update(**changed, attempts=mail.attempts + 1):
        MailProblem.objects.create(mail=mail, at=now, state=State.DEFERRED, answer=answer)


@transaction.atomic
def record_failed(*, mail: OutgoingMail, answer: str, now: datetime) -> None:
    if _still_ours(mail).update(**_end(State.FAILED, answer, now), attempts=mail.attempts + 1):
        MailProblem.objects.create(mail=mail, at=now, state=State.FAILED, answer=answer)


def record_unwanted(*, mail: OutgoingMail, now: datetime) -> None:
    _still_ours(mail).update(**_end(State.CANCELLED, "", now))


def _still_ours(mail: OutgoingMail) -> Any:
    return OutgoingMail.objects.filter(pk=mail.pk, state=State.SENDING, lease=mail.lease)


def _end(state: State, answer: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "lease": None, "finished_at": now, "answer": answer}
