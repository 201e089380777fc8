"""A segment of the tests' own: the people whom a test names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.web.registry import Receiver, Segment, mail_segments

SEGMENT = "tests.people"


@contextmanager
def segment_of_people() -> Iterator[list[Receiver]]:
    found: list[Receiver] = []

    def chosen(choice: str) -> list[Receiver]:
        return found[:1] if choice else list(found)

    def rows_of(choice: str, user: Any) -> QuerySet[User]:
        return User.objects.filter(pk=user.pk, email__in=[one.address for one in chosen(choice)])

    choices = [("", "全員"), ("first", "最初の人")]
    mail_segments.register(SEGMENT, Segment("テストの人", lambda: choices, chosen, rows_of))
    yield found
    del mail_segments._entries[SEGMENT]
