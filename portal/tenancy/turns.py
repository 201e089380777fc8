"""Turns: work that one worker at a time does for a programme."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from portal.tenancy.scope import current_programme_id


@contextmanager
def turn(work: int) -> Iterator[bool]:
    """Whether it is ours. `work` is a number of its own for each kind, the first key of an advisory lock.

    Held by the connection to the database: it ends with a worker that is killed.
    """
    key = [work, current_programme_id()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        [ours] = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
