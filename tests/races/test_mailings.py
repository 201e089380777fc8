"""A mailing over real connections: pressed twice, stopped and called off while workers send. Everybody exactly once."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from portal.audit.models import Action, AuditEvent
from portal.notices.models import Mailing
from portal.notices.queries import progress_of
from portal.notices.services import cancel_mailing, resend_failures, resume_mailing, start_mailing, stop_mailing
from portal.outbox.delivery import Rest, deliver_due, take_turn
from portal.outbox.models import OutgoingMail
from portal.outbox.services import send_again
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.registry import Receiver
from tests.factories import make_actor, make_mailing, make_programme
from tests.mail_server import Mail, MailServer, running_mail_server
from tests.portal.notices.segment import segment_of_people
from tests.races.together import at_once


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    return make_programme("kanagawa")


@pytest.fixture
def officers(kanagawa: Programme) -> list[Actor]:
    return [make_actor(StaffRole.OFFICER, kanagawa) for _ in range(4)]


@pytest.fixture
def addresses() -> Iterator[list[str]]:
    """Of everybody whom a mailing is for."""
    with segment_of_people() as people:
        people += [Receiver(f"{number}@example.jp", f"山田 {number}", "株式会社あおば") for number in range(40)]
        yield [person.address for person in people]


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as (server, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.MAIL_PER_MINUTE = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
        yield server


def by_all(programme: Programme, officers: list[Actor], deed: Callable[..., Any], **given: Any) -> int:
    """How many of those who press at once have done it."""
    return at_once(programme, *(partial(deed, actor=officer, **given) for officer in officers)).count(True)


def deliver_all(programme: Programme) -> None:
    with programme_scope(programme):
        while take_turn(lanes=3) is Rest.MORE:
            pass


def started(programme: Programme, officer: Actor) -> Mailing:
    with programme_scope(programme):
        mailing = make_mailing()
        start_mailing(mailing=mailing, actor=officer)
    return mailing


def test_pressed_twice_it_starts_once(
    kanagawa: Programme, officers: list[Actor], addresses: list[str], server: MailServer
) -> None:
    with programme_scope(kanagawa):
        mailing = make_mailing()
    assert by_all(kanagawa, officers, start_mailing, mailing=mailing) == 1
    deliver_all(kanagawa)
    assert sorted(server.receivers) == sorted(addresses)


def test_stops_and_resumptions_cross_with_sending(
    kanagawa: Programme, officers: list[Actor], addresses: list[str], server: MailServer
) -> None:
    """While a mail is on the wire all officers stop at once, and resume at once; several times."""
    mailing = started(kanagawa, officers[0])
    done: list[tuple[int, int]] = []

    def stop_and_resume(mail: Mail) -> None:
        if len(server.received) in (5, 15, 25) and len(done) < 3:
            stopped = by_all(kanagawa, officers, stop_mailing, mailing=mailing)
            done.append((stopped, by_all(kanagawa, officers, resume_mailing, mailing=mailing)))

    server.before_keeping = stop_and_resume
    deliver_all(kanagawa)
    assert done == [(1, 1)] * 3
    assert sorted(server.receivers) == sorted(addresses)
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.MAILING_RESUMED).count() == 3


def test_what_comes_back_from_a_worker_after_the_end_is_not_sent(
    kanagawa: Programme, officers: list[Actor], addresses: list[str], server: MailServer
) -> None:
    """Called off while a worker has a batch in hand: it is the last mail, whatever the server says to the others."""
    mailing = started(kanagawa, officers[0])
    called_off: list[int] = []

    def call_off(mail: Mail) -> None:
        if len(server.received) == 4:
            called_off.append(by_all(kanagawa, officers, cancel_mailing, mailing=mailing, reason="誤り"))
            server.answers["MAIL"] = "421 not now"

    server.before_keeping = call_off
    with programme_scope(kanagawa):
        deliver_due()
        assert called_off == [1]
        server.answers.clear()
        deliver_all(kanagawa)
        assert len(server.received) == 5
        progress = progress_of(mailing)
        assert (progress.sent, progress.waiting, progress.cancelled) == (5, 0, len(addresses) - 5)


def test_failures_are_sent_again_once(
    kanagawa: Programme, officers: list[Actor], addresses: list[str], server: MailServer
) -> None:
    dead = addresses[::8]
    server.answers |= dict.fromkeys(dead, "550 no such user here")
    mailing = started(kanagawa, officers[0])
    deliver_all(kanagawa)
    server.answers.clear()
    assert by_all(kanagawa, officers, resend_failures, mailing=mailing) == 1
    deliver_all(kanagawa)
    assert sorted(server.receivers) == sorted(addresses)


def test_a_mail_that_was_sent_is_sent_again_once(
    kanagawa: Programme, officers: list[Actor], addresses: list[str], server: MailServer
) -> None:
    started(kanagawa, officers[0])
    deliver_all(kanagawa)
    with programme_scope(kanagawa):
        mail = OutgoingMail.objects.filter(state=State.SENT).earliest("id")
    assert by_all(kanagawa, officers, send_again, mail=mail) == 1
    deliver_all(kanagawa)
    assert sorted(server.receivers) == sorted([*addresses, mail.to])
