"""What staff see of a mail's way."""

from typing import Any

from django.utils import timezone

from portal.outbox import claims, queries
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.factories import make_user


def queue(key: str, **fields: Any) -> OutgoingMail:
    return queue_mail(**({"message": "tests.greeting", "to": "a@example.jp", "dedupe_key": key} | fields))


def states(mail: OutgoingMail) -> list[State]:
    return [step.state for step in queries.steps_of(OutgoingMail.objects.get(pk=mail.pk))]


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
    assert list(queries.failed_mails()) == [mail]


def test_a_mail_that_arrived(in_kanagawa: Programme) -> None:
    mail = queue("x")
    [claimed] = claims.claim(size=1, now=timezone.now())
    claims.record_sent(mail=claimed, answer="250 OK", words=None, now=timezone.now())
    assert states(mail) == [State.QUEUED, State.SENT]


def test_an_address_that_was_never_tried(in_kanagawa: Programme) -> None:
    assert states(queue("x", to="bad")) == [State.QUEUED, State.FAILED]


def test_lists_cost_two_queries_and_stay_in_the_programme(
    in_kanagawa: Programme, tokyo: Programme, django_assert_num_queries: Any
) -> None:
    user = make_user()
    with programme_scope(tokyo):
        queue("other", about=user)
    for count in (1, 3):
        for number in range(count):
            queue(f"{count} {number}", about=user)
        with django_assert_num_queries(2):
            found = list(queries.mails_about(user))
            assert [next(queries.steps_of(mail)).state for mail in found] == [State.QUEUED] * len(found)
    assert len(found) == 4
    assert list(queries.mails_to(["a@example.jp"])) == found
