"""Messages of the tests' own, so that no app above is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from portal.outbox.messages import Message, Priority, messages, register
from portal.outbox.models import OutgoingMail


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
