"""A segment of the tests' own: the people whom a test names."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import Settings

from portal.accounts.models import User
from portal.web.registry import Receiver, Segment, mail_segments
from tests.mail_server import MailServer, running_mail_server

SEGMENT = "tests.people"


@pytest.fixture
def people() -> Iterator[list[Receiver]]:
    found: list[Receiver] = []

    def chosen(choice: str) -> list[Receiver]:
        return found[:1] if choice else list(found)

    def rows_of(choice: str, user: Any) -> QuerySet[User]:
        return User.objects.filter(pk=user.pk, email__in=[one.address for one in chosen(choice)])

    mail_segments.register(SEGMENT, Segment("テストの人", lambda: [("", "全員"), ("first", "最初の人")],
                                            chosen, rows_of))  # fmt: skip
    yield found
    del mail_segments._entries[SEGMENT]


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as (server, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.MAIL_PER_MINUTE = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
        yield server
