"""What staff see of a mail's way."""

from typing import Any

from django.utils import timezone

from portal.outbox import claims, queries
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.outbox.states import Report, State
from portal.tenancy.models import Programme


def queue(key: str, **fields: Any) -> OutgoingMail:
    return queue_mail(**({"message": "tests.greeting", "to": "a@example.jp", "dedupe_key": key} | fields))


def states(mail: OutgoingMail) -> list[State | Report]:
    return [step.what for step in queries.steps_of(OutgoingMail.objects.get(pk=mail.pk))]


def test_each_step_is_told_once(in_kanagawa: Programme) -> None:
    mail = queue("x")
    now = timezone.now()
    assert states(mail) == [State.QUEUED]
    [claimed] = claims.claim(size=1, now=now)
    assert states(mail) == [State.QUEUED, State.SENDING]
    claims.record_deferred(mail=claimed, answer="450 later", now=now)
    assert states(mail) == [State.QUEUED, State.DEFERRED]
    [claimed] = claims.claim(size=1, now=now + claims.LEASE)
    claims.record_failed(mail=claimed, answer="550 never", now=now)
    assert states(mail) == [State.QUEUED, State.DEFERRED, State.FAILED]
    assert [item.subject_id for item in queries.failed_items()] == [str(mail.pk)]


def test_a_mail_that_arrived(in_kanagawa: Programme) -> None:
    mail = queue("x")
    [claimed] = claims.claim(size=1, now=timezone.now())
    claims.record_sent(mail=claimed, answer="250 OK", words=None, now=timezone.now())
    assert states(mail) == [State.QUEUED, State.SENT]


def test_an_address_that_was_never_tried(in_kanagawa: Programme) -> None:
    assert states(queue("x", to="bad")) == [State.QUEUED, State.FAILED]
