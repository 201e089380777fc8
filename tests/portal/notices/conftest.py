from collections.abc import Iterator

import pytest
from pytest_django import Settings

from portal.web.registry import Receiver
from tests.mail_server import MailServer, running_mail_server
from tests.portal.notices.segment import segment_of_people


@pytest.fixture
def people() -> Iterator[list[Receiver]]:
    with segment_of_people() as found:
        yield found


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as (server, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.MAIL_PER_MINUTE = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
        yield server
