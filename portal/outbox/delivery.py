"""Delivery: the mails of one programme that are due go over the wire, for about a second, then others have their turn.

Nothing here is in a transaction while the mail server is spoken to. Batches are small and chosen anew by priority; on
top of that sign-in mail has a way of its own, so that neither a bulk run nor a slow server holds it up.
"""

import enum
import logging
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context

from django.db import connection
from django.utils import timezone

from portal.outbox import bounces, claims
from portal.outbox.addresses import envelope_address
from portal.outbox.ledger import Ledger, insist
from portal.outbox.messages import Priority, messages
from portal.outbox.models import OutgoingMail
from portal.outbox.smtp import Accepted, Refused, TryLater, Wire, WireLost
from portal.outbox.writing import Writer
from portal.tenancy.scope import current_programme
from portal.tenancy.turns import turn

logger = logging.getLogger(__name__)

SLICE_SECONDS = 1.0
# A batch is about what goes out in this time, so that an urgent mail never waits much longer.
BATCH_SECONDS = 0.4
FIRST_BATCH, LARGEST_BATCH = 10, 100
# Connections in a row without a word about a mail; then the server is left alone until the next sweep.
MOST_LOSSES = 3
# The kind of work of which one worker at a time has the turn.
TURN = 0x7475726E


class Rest(enum.Enum):
    """What a slice leaves behind."""

    NOTHING = enum.auto()
    MORE = enum.auto()
    # The mail server does not answer, or another worker has the turn: a nudge would not help.
    NOT_NOW = enum.auto()


def take_turn(lanes: int = 1) -> Rest:
    """A slice, unless another worker has this programme's turn: so nudges never pile up."""
    with turn(TURN) as ours:
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


def _send_batch(wire: Wire, batch: list[OutgoingMail]) -> int:
    """How many fit into a batch at this speed."""
    waiting, writer, ledger = deque(batch), Writer(batch), Ledger()
    started = time.monotonic()
    try:
        while waiting and time.monotonic() - started < 2 * BATCH_SECONDS:
            _send(wire, writer, ledger)
            waiting.popleft()
    except WireLost as loss:
        logger.warning("mail server lost", extra={"facts": {"error": str(loss)}})
        # At once after a connection that did its work: many servers take so many mails and then hang up.
        time.sleep(0.2 * (wire.losses - 1))
    finally:
        ledger.settle()
        if waiting:
            insist(lambda: claims.give_back(batch=waiting, now=timezone.now()))
    speed = (len(batch) - len(waiting)) / (time.monotonic() - started)
    return max(1, min(round(speed * BATCH_SECONDS), LARGEST_BATCH))


def _send(wire: Wire, writer: Writer, ledger: Ledger) -> None:
    written = writer.take()
    mail, words, now = written.mail, written.words, timezone.now
    if words is None:
        ledger.settle()
        if written.problem:
            claims.record_failed(mail=mail, answer=written.problem, now=now())
        else:
            claims.record_unwanted(mail=mail, now=now())
        return
    sender, to = envelope_address(current_programme().sender), envelope_address(mail.to)
    match wire.send(sender, to, written.content, before=ledger.settle, meanwhile=writer.write_ahead):
        case Accepted(answer):
            ledger.note(mail=mail, answer=answer, words=None if messages[mail.message].secret else words, now=now())
        case TryLater(answer):
            ledger.settle()
            insist(lambda: claims.record_deferred(mail=mail, answer=answer, now=now()))
        case Refused(answer):
            ledger.settle()
            insist(lambda: bounces.record_refused(mail=mail, answer=answer, now=now()))
