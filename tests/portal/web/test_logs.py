"""Log lines: JSON, with the request's id and the programme; never a path, a token, a person or an exception's text."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web import views
from portal.web.logs import JsonFormatter

SECRET = "himitsu"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged so far, as production writes it."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_one_line(visit: Client, lines: Callable[[], list[dict[str, Any]]]) -> None:
    answer = visit.get(f"/about/privacy/?q={SECRET}", headers={"user-agent": SECRET, "referer": SECRET})
    [line] = lines()
    assert line["request"] == answer["X-Request-ID"]
    assert {key: line[key] for key in ("level", "message", "method", "route", "status", "programme")} == {
        "level": "info",
        "message": "request",
        "method": "GET",
        "route": "page",
        "status": 404,
        "programme": "kanagawa",
    }
    assert SECRET not in json.dumps(line)


def test_each_request_has_an_id_of_its_own(visit: Client) -> None:
    assert len({visit.get("/")["X-Request-ID"] for _ in range(3)}) == 3


def test_an_exception_says_where_and_not_what(
    visit: Client, lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"{SECRET}@example.jp")

    monkeypatch.setattr(views, "page_in_language", fail)
    visit.raise_request_exception = False
    answer = visit.get(f"/about/privacy/?token={SECRET}")
    assert answer.status_code == 500
    failed, request = lines()
    assert (failed["exception"], failed["level"], failed["message"]) == ("ValueError", "error", "request failed")
    assert "test_logs.py" in failed["where"][-1]
    assert failed["request"] == request["request"] == answer["X-Request-ID"]
    assert failed["programme"] == "kanagawa"
    assert SECRET not in json.dumps([failed, request])
    # The page names the line, so that who calls can read it out.
    assert answer["X-Request-ID"] in answer.text


def test_a_database_error_does_not_quote_the_row(
    in_kanagawa: Programme, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    try:
        with programme_scope(in_kanagawa), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [SECRET])
    except DatabaseError as error:
        logging.getLogger("portal.test").exception("failed: %s", error)  # noqa: TRY401 - what must not come through
    [line] = lines()
    assert line["exception"] == "DataError"
    assert line["programme"] == "kanagawa"
    assert SECRET not in json.dumps(line)


def test_facts_of_any_kind_can_be_written(lines: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("portal.test").info("done", extra={"facts": {"what": {1}, "empty": ""}})
    [line] = lines()
    assert (line["what"], "empty" in line) == ("{1}", False)
