"""What one page asks of the database: statements and rows, counted inside this process, over the true WSGI path."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.cache import caches
from django.core.wsgi import get_wsgi_application
from django.db import connection

from bench.load import Request

# Django's own question before a kept connection is used again.
HEALTH_CHECK = "SELECT 1"
# How the connection learns which programme is current.
PROGRAMME_SETTING = ("SELECT set_config('portal.programme'", "RESET portal.programme")


@dataclass
class Tally:
    """`queries` are the page's own; `plumbing` are the connection's (health check, programme setting)."""

    queries: int = 0
    rows: int = 0
    plumbing: int = 0


@contextmanager
def counting() -> Iterator[Tally]:
    """Counts everything that goes through a cursor of the application's connection."""
    tally = Tally()
    connection.ensure_connection()
    # In a long run it would be old enough to be closed after the request, and the counter with it.
    connection.close_at = None
    usual = connection.connection.cursor_factory

    class CountingCursor(usual):  # type: ignore[misc,valid-type]
        def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            answer = super().execute(query, *args, **kwargs)
            if str(query) == HEALTH_CHECK or str(query).startswith(PROGRAMME_SETTING):
                tally.plumbing += 1
            else:
                tally.queries += 1
                tally.rows += max(self.rowcount, 0)
            return answer

    connection.connection.cursor_factory = CountingCursor
    try:
        yield tally
    finally:
        connection.connection.cursor_factory = usual


class Counter:
    """Counts a page twice: as the first visitor meets it (caches empty), and as the next one does."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()

    def count(self, request: Request) -> tuple[Tally, Tally]:
        for cache in caches.all():
            cache.clear()
        return self._visit(request), self._visit(request)

    def _visit(self, request: Request) -> Tally:
        path, _, query = request.path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": request.host,
            "HTTP_COOKIE": request.cookie,
            "HTTP_X_FORWARDED_PROTO": "https",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
        }
        with counting() as tally:
            answer = self.application(environ, lambda status, headers, error=None: None)  # type: ignore[arg-type]
            for _ in answer:
                pass
            answer.close()
        return tally
