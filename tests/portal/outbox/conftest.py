"""Messages of the tests' own, so that no app above is needed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from portal.outbox.messages import Message, Priority, messages, register
from portal.outbox.models import OutgoingMail
from tests.mail_server import MailServer, running_mail_server


def what_was_given(mail: OutgoingMail) -> Mapping[str, Any] | None:
    return None if mail.data.get("unwanted") else mail.data


GREETING = Message("tests.greeting", "あいさつ", Priority.PERSONAL, what_was_given)


@pytest.fixture(autouse=True)
def messages_of_tests() -> Iterator[None]:
    before = dict(messages._entries)
    register(
        GREETING,
        replace(GREETING, name="tests.bulk", priority=Priority.BULK),
        replace(GREETING, name="tests.sign_in", priority=Priority.SIGN_IN, secret=True),
    )
    yield
    messages._entries.clear()
    messages._entries.update(before)


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as (server, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield server


@pytest.fixture(autouse=True)
def templates_of_tests(settings: Settings) -> None:
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture
def give_templates(settings: Settings, tmp_path: Path) -> Callable[..., None]:
    """Templates that only one test needs: the message's name behind "tests." and its words."""

    def give(name: str, subject: str, text: str) -> None:
        folder = tmp_path / "mail" / "tests"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.subject.txt").write_text(subject)
        (folder / f"{name}.txt").write_text(text)
        [engine] = settings.TEMPLATES
        settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]

    return give
