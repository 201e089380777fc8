"""The one door to a programme's data: `with programme_scope(programme):`.

Which programme is current is a ContextVar; the database connection learns it when it is next used
(portal/tenancy/database), so a page that is answered from the cache touches no database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.tenancy.models import Programme

_current: ContextVar["Programme | None"] = ContextVar("programme", default=None)


class NoProgramme(RuntimeError):
    """Code that needs a programme ran outside of any `programme_scope`."""


@contextmanager
def programme_scope(programme: "Programme") -> Iterator["Programme"]:
    token = _current.set(programme)
    try:
        yield programme
    finally:
        _current.reset(token)


def current_programme() -> "Programme":
    programme = _current.get()
    if programme is None:
        raise NoProgramme("This runs only inside programme_scope().")
    return programme


def current_programme_or_none() -> "Programme | None":
    return _current.get()


def current_programme_id() -> int:
    """The default of TenantModel.programme."""
    return current_programme().pk
