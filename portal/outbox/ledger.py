"""The ledger of one connection to the mail server: that a mail was handed over is written down and committed while the
next one is being announced.

Never more than one entry is open: `settle` has seen its commit before the next content goes out, so a worker that is
killed costs at most one second copy. Between `note` and `settle` nothing else may use the database.
"""

import time
from collections.abc import Callable
from datetime import datetime

import psycopg
from django.db import InterfaceError, OperationalError, connection
from psycopg import generators, waiting
from psycopg.pq import ExecStatus

from portal.outbox import claims
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import Words

# How long what the server said is held for a database that restarts: together less than a lease.
PATIENCE = (0.1, 0.3, 1, 2, 4, 8, 16, 32)


class Ledger:
    def __init__(self) -> None:
        self._open: Callable[[], None] | None = None
        self._is_on_its_way = False

    def note(self, *, mail: OutgoingMail, answer: str, words: Words | None, now: datetime) -> None:
        """The mail server has taken the mail. Goes on its way to the database; nobody waits for it here."""
        self.settle()
        self._open = lambda: claims.record_sent(mail=mail, answer=answer, words=words, now=now)
        try:
            with connection.cursor() as cursor:  # Django's, which knows the programme
                statement = cursor.mogrify(
                    claims.SENT, claims.sent_values(mail=mail, answer=answer, words=words, now=now)
                )
                cursor.connection.pgconn.send_query(statement.encode())
            self._is_on_its_way = True
        except (OperationalError, InterfaceError, psycopg.OperationalError):
            self._is_on_its_way = False

    def settle(self) -> None:
        """Seen to be committed; if the database has gone meanwhile, written once more when it is back."""
        write, self._open = self._open, None
        if write and not (self._is_on_its_way and self._is_committed()):
            insist(write)

    def _is_committed(self) -> bool:
        database = connection.connection.pgconn
        try:
            results = waiting.wait(generators.execute(database), database.socket, interval=0.1)
        except psycopg.OperationalError:
            return False
        return all(result.status == ExecStatus.COMMAND_OK for result in results)


def insist(write: Callable[[], None]) -> None:
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
