"""Deeds that begin at the same moment, over real connections."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

Deed = Callable[[], Any]
# Each of these connections is busy until no deed is left.
AT_ONCE = 8


def at_once(
    programme: Programme, *deeds: Deed, refusals: tuple[type[Exception], ...] = (ValidationError,)
) -> list[bool]:
    """Of each deed whether it was done; the others were refused. Whatever else goes wrong is raised."""
    shares = [deeds[number::AT_ONCE] for number in range(min(len(deeds), AT_ONCE))]
    start = Barrier(len(shares))

    def work(share: Sequence[Deed]) -> list[bool]:
        try:
            with programme_scope(programme):
                start.wait()
                return [done(deed) for deed in share]
        finally:
            connection.close()

    def done(deed: Deed) -> bool:
        try:
            deed()
        except refusals:
            return False
        return True

    with ThreadPoolExecutor(len(shares)) as pool:
        found = list(pool.map(work, shares))
    return [found[number % AT_ONCE][number // AT_ONCE] for number in range(len(deeds))]
