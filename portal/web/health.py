"""/healthz: the process answers. /readyz: what it needs answers too; the details are for operators only.

Both are asked by address, outside of any programme, so the staff who may see the details are the platform's. A monitor
asks `manage.py health`.
"""

import time

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from portal.web.tasks import BEAT, WORKER

QUIET_SECONDS = 60


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    checks = everything()
    # Pages keep answering without Redis and workers, so only the database makes this process unready.
    status = 200 if checks["database"] else 503
    if checks["database"] and request.COOKIES and request.actor.is_operator:  # type: ignore[attr-defined]
        return JsonResponse(checks, status=status)
    return HttpResponse("ready\n" if status == 200 else "not ready\n", status=status, content_type="text/plain")


def everything() -> dict[str, bool]:
    return {
        "database": database_answers(),
        "redis": redis_answers(),
        "worker": was_heard(WORKER),
        "beat": was_heard(BEAT),
    }


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def redis_answers() -> bool:
    caches["platform"].set("readyz", "yes", 10)
    return bool(caches["platform"].get("readyz") == "yes")


def was_heard(who: str) -> bool:
    """Without beat no worker is heard either: what nobody sends, nobody hears."""
    heard: float | None = caches["platform"].get(who)
    return heard is not None and heard > time.time() - QUIET_SECONDS
