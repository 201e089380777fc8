"""Logs as JSON lines. Never in them: personal data, tokens, paths as they came, the messages of exceptions."""

import json
import logging
import traceback
from contextvars import ContextVar
from typing import Any

from portal.tenancy.scope import current_programme_or_none

logger = logging.getLogger("portal.requests")
request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        programme = current_programme_or_none()
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            "request": request_id.get(),
            "programme": programme.slug if programme else "",
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            # Where it happened, not what was in it: an exception's text may quote a person's data.
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ][-12:]
        return json.dumps({key: value for key, value in line.items() if value != ""}, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """With an exception the bare words: what others put into them is often the exception's text."""
    return str(record.msg) if record.exc_info else record.getMessage()


def log_exception(sender: Any, **kwargs: Any) -> None:
    """For Django's signal: the exception, under the request's id, without the path that Django would write."""
    logger.error("request failed", exc_info=True)  # noqa: LOG014 - Django sends it while handling the exception
