"""Work that the clock starts for every programme, one after the other."""

import logging
from collections.abc import Callable, Iterable

from django.db import transaction

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

logger = logging.getLogger(__name__)


def for_each_programme(*steps: Callable[[], object]) -> None:
    """Each step inside each programme's scope. What fails is logged, and keeps nobody else's work from being done."""
    for programme in Programme.objects.all():
        with programme_scope(programme):
            for step in steps:
                try:
                    step()
                except Exception:
                    # Whatever it was: the next programme has nothing to do with it, and the next round tries again.
                    logger.exception("round failed", extra={"facts": {"programme": programme.slug}})


def for_each_row(keys: Iterable[int], step: Callable[[int], object]) -> None:
    """Each in a transaction of its own. One that fails is logged, and keeps no other from its turn."""
    for key in list(keys):
        try:
            with transaction.atomic():
                step(key)
        except Exception:
            # Whatever it was: the next row has nothing to do with it, and the next round tries again.
            logger.exception("row failed", extra={"facts": {"step": repr(step), "key": key}})
