"""Delivery: the mails of one programme that are due go over the wire, for about a second, then others have their turn.

Nothing here is in a transaction while the mail server is spoken to. Batches are small and chosen anew by priority; on
top of that sign-in mail has a way of its own, so that neither a bulk run nor a slow server holds it up.
"""

import enum
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import copy_context

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext, override

from portal.outbox import claims
from portal.outbox.addresses import envelope_address
from portal.outbox.messages import Priority, messages
from portal.outbox.mime import compose
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import Words, render_mail
from portal.outbox.smtp import Accepted, Refused, TryLater, Wire, WireLost
from portal.tenancy.scope import current_programme, current_programme_id

logger = logging.getLogger(__name__)

SLICE_SECONDS = 1.0
# A batch is about what goes out in this time, so that an urgent mail never waits much longer.
BATCH_SECONDS = 0.4
FIRST_BATCH, LARGEST_BATCH = 10, 100
# Connections in a row without a word about a mail; then the server is left alone until the next sweep.
MOST_LOSSES = 3
# How long what the server said is held for a database that restarts: together less than a lease.
PATIENCE = (0.1, 0.3, 1, 2, 4, 8, 16, 32)
# The first key of the advisory lock that says whose turn it is; the second is the programme.
TURN = 0x7475726E


class Rest(enum.Enum):
    """What a slice leaves behind."""

    NOTHING = enum.auto()
    MORE = enum.auto()
    # The mail server does not answer, or another worker has the turn: a nudge would not help.
    NOT_NOW = enum.auto()


def take_turn(lanes: int = 1) -> Rest:
    """A slice, unless another worker has this programme's turn: so nudges never pile up."""
    with _turn() as ours:
        if not ours:
            return Rest.NOT_NOW
        rest = deliver_due() if lanes == 1 else _deliver_in_lanes(lanes)
    # A mail may have come after the last look, and its nudge have found the turn taken.
    return Rest.MORE if rest is Rest.NOTHING and claims.is_anything_due(timezone.now()) else rest


def deliver_due(least: Priority = Priority.BULK) -> Rest:
    """One slice over one connection, of mails with this priority or a higher one."""
    ends = time.monotonic() + SLICE_SECONDS
    size = FIRST_BATCH
    with closing(Wire()) as wire:
        while wire.losses < MOST_LOSSES:
            batch = claims.claim(size=size, least=least, now=timezone.now())
            if not batch:
                return Rest.NOTHING
            size = _send_batch(wire, batch)
            if time.monotonic() > ends:
                return Rest.MORE
    return Rest.NOT_NOW


def _deliver_in_lanes(lanes: int) -> Rest:
    """Several connections side by side: while one waits for the mail server or the disk, another goes on."""

    def lane() -> Rest:
        try:
            return deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(lanes) as pool:
        rests = [future.result() for future in [pool.submit(copy_context().run, lane) for _ in range(lanes)]]
    return next((rest for rest in (Rest.NOT_NOW, Rest.MORE) if rest in rests), Rest.NOTHING)


@contextmanager
def _turn() -> Iterator[bool]:
    """Held by the connection to the database: it ends with a worker that is killed."""
    key = [TURN, current_programme_id()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        [ours] = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _send_batch(wire: Wire, batch: list[OutgoingMail]) -> int:
    """How many fit into a batch at this speed."""
    waiting = deque(batch)
    started = time.monotonic()
    try:
        while waiting and time.monotonic() - started < 2 * BATCH_SECONDS:
            _send(wire, waiting[0])
            waiting.popleft()
    except WireLost as loss:
        logger.warning("mail server lost", extra={"facts": {"error": str(loss)}})
        # At once after a connection that did its work: many servers take so many mails and then hang up.
        time.sleep(0.2 * (wire.losses - 1))
    finally:
        if waiting:
            _insist(lambda: claims.give_back(batch=waiting, now=timezone.now()))
    speed = (len(batch) - len(waiting)) / (time.monotonic() - started)
    return max(1, min(round(speed * BATCH_SECONDS), LARGEST_BATCH))


def _send(wire: Wire, mail: OutgoingMail) -> None:
    try:
        words = render_mail(mail)
        content = _compose(mail, words) if words else b""
    except (OperationalError, InterfaceError):
        raise  # The database is gone: that says nothing about this mail.
    except Exception as error:
        # Whatever is wrong with one message or its data stops only this mail; staff see it, and the log says where.
        logger.exception("mail cannot be written", extra={"facts": {"mail": mail.pk, "message": mail.message}})
        with override("ja"):
            reason = gettext("文面を作れませんでした（%s）。") % type(error).__name__
        claims.record_failed(mail=mail, answer=reason, now=timezone.now())
        return
    if words is None:
        claims.record_unwanted(mail=mail, now=timezone.now())
        return
    outcome = wire.send(envelope_address(current_programme().sender), envelope_address(mail.to), content)
    _insist(lambda: _record(mail, words, outcome))


def _compose(mail: OutgoingMail, words: Words) -> bytes:
    return compose(
        sender=(words.sender, envelope_address(current_programme().sender)),
        to=envelope_address(mail.to),
        subject=words.subject,
        message_id=mail.message_id,
        at=timezone.localtime(),
        text=words.text,
        html=words.html,
        attachments=[attachment.as_given for attachment in mail.attachments.all()],
    )


def _record(mail: OutgoingMail, words: Words, outcome: Accepted | TryLater | Refused) -> None:
    now = timezone.now()
    match outcome:
        case Accepted(answer):
            kept = None if messages[mail.message].secret else words
            claims.record_sent(mail=mail, answer=answer, words=kept, now=now)
        case TryLater(answer):
            claims.record_deferred(mail=mail, answer=answer, now=now)
        case Refused(answer):
            claims.record_failed(mail=mail, answer=answer, now=now)


def _insist(write: Callable[[], None]) -> None:
    """What the server said is written down even if the database must first come back."""
    for pause in (*PATIENCE, None):
        try:
            write()
            return
        except (OperationalError, InterfaceError):
            if pause is None:
                raise
            connection.close()
            time.sleep(pause)
