"""Work that the clock starts for every programme, one after the other."""

import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import partial

from django.db import transaction

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

logger = logging.getLogger(__name__)

# Told inside the programme's scope how a round went for it: the first error, or None.
listeners: list[Callable[[Exception | None], object]] = []
_errors: ContextVar[list[Exception] | None] = ContextVar("errors", default=None)


def for_each_programme(*steps: Callable[[], object]) -> None:
    """Each step inside each programme's scope. What fails is logged, and keeps nobody else's work from being done."""
    for programme in Programme.objects.all():
        errors: list[Exception] = []
        token = _errors.set(errors)
        with programme_scope(programme):
            for step in steps:
                _try(step, programme)
            outcome = errors[0] if errors else None
            for listener in listeners:
                _try(partial(listener, outcome), programme)
        _errors.reset(token)


def _try(step: Callable[[], object], programme: Programme) -> None:
    try:
        step()
    except Exception as error:
        # Whatever it was: the next programme has nothing to do with it, and the next round tries again.
        logger.exception("round failed", extra={"facts": {"programme": programme.slug}})
        _remember(error)


def _remember(error: Exception) -> None:
    if (errors := _errors.get()) is not None:
        errors.append(error)


def for_each_row(keys: Iterable[int], step: Callable[[int], object]) -> None:
    """Each in a transaction of its own. One that fails is logged, and keeps no other from its turn."""
    for key in list(keys):
        try:
            with transaction.atomic():
                step(key)
        except Exception as error:
            # Whatever it was: the next row has nothing to do with it, and the next round tries again.
            logger.exception("row failed", extra={"facts": {"step": repr(step), "key": key}})
            _remember(error)
