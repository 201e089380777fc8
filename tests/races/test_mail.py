"""Mail over real connections: workers side by side, a worker that is killed, a database that restarts, Redis gone."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as current_settings
from django.db import connection
from django.utils import timezone

from bench.mail_messages import register_messages
from portal.local.child import dies_with_parent, stop
from portal.outbox import claims
from portal.outbox.delivery import Rest, deliver_due, take_turn
from portal.outbox.messages import messages
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.factories import make_programme
from tests.mail_server import Mail, MailServer, running_mail_server

DELIVER = """
import sys
from bench.mail_messages import register_messages
from portal.outbox.delivery import deliver_due
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
register_messages()
with programme_scope(Programme.objects.get(pk=sys.argv[1])):
    deliver_due()
"""


@pytest.fixture
def kanagawa(committed: None) -> Iterator[Programme]:
    before = dict(messages._entries)
    register_messages()
    with programme_scope(make_programme("kanagawa")) as programme:
        yield programme
    messages._entries.clear()
    messages._entries.update(before)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as (server, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield server


def queue(count: int, message: str = "bench.announcement") -> None:
    for number in range(count):
        queue_mail(message=message, to=f"{number}@example.jp", dedupe_key=f"{message} {number}")


def environment() -> dict[str, str]:
    """Of a process beside this one: the same database, the same mail server."""
    name = connection.settings_dict["NAME"]
    return os.environ | {
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/kakehashi?", f"/{name}?"),
        "EMAIL_URL": f"smtp://{current_settings.EMAIL_HOST}:{current_settings.EMAIL_PORT}",
    }


def side_by_side(count: int, work: Any) -> list[Any]:
    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(copy_context().run, run) for _ in range(count)]]


def test_two_workers_claim_different_mails(kanagawa: Programme) -> None:
    queue(20)
    both = threading.Barrier(2)

    def work() -> list[int]:
        both.wait()
        return [mail.pk for mail in claims.claim(size=15, now=timezone.now())]

    one, other = side_by_side(2, work)
    assert not set(one) & set(other)
    assert len(one) + len(other) >= 15


def test_many_workers_send_every_mail_once(kanagawa: Programme, server: MailServer) -> None:
    queue(40)
    while Rest.MORE in side_by_side(4, deliver_due):
        pass
    assert sorted(server.receivers) == sorted(f"{number}@example.jp" for number in range(40))


def test_several_lanes_send_every_mail_once(kanagawa: Programme, server: MailServer) -> None:
    queue(40)
    while take_turn(lanes=3) is Rest.MORE:
        pass
    assert sorted(server.receivers) == sorted(f"{number}@example.jp" for number in range(40))


def test_one_turn_at_a_time(kanagawa: Programme, server: MailServer) -> None:
    queue(1)
    met: list[Rest] = []
    server.before_keeping = lambda mail: met.extend(side_by_side(1, take_turn))
    assert take_turn() is Rest.NOTHING
    assert met == [Rest.NOT_NOW]


def test_a_worker_killed_between_sending_and_recording_costs_one_copy(kanagawa: Programme, server: MailServer) -> None:
    """The smaller Proof: the server has the mail, the worker dies before it can write that down. Three times."""
    queue(12)
    workers: list[subprocess.Popen[bytes]] = []

    def kill(mail: Mail) -> None:
        if len(server.received) % 4 == 3:
            workers[-1].send_signal(signal.SIGKILL)

    server.before_keeping = kill
    for _ in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-c", DELIVER, str(kanagawa.pk)], env=environment(), preexec_fn=dies_with_parent()
        )
        workers.append(worker)
        assert worker.wait() == -signal.SIGKILL
        assert OutgoingMail.objects.filter(state=State.SENDING).exists()
        # The lease runs out.
        OutgoingMail.objects.filter(state=State.SENDING).update(due_at=timezone.now() - timedelta(seconds=1))
    server.before_keeping = lambda mail: None
    while deliver_due() is Rest.MORE:
        pass
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {State.SENT}
    assert set(server.receivers) == {f"{number}@example.jp" for number in range(12)}
    assert len(server.received) <= 12 + 3
    assert len({mail.message["Message-ID"] for mail in server.received}) == 12


def test_what_the_server_said_survives_a_restart_of_the_database(kanagawa: Programme, server: MailServer) -> None:
    """The connection breaks while the mail is on the wire: the outcome is written over a new one, nothing goes twice."""
    queue(3)

    def cut(mail: Mail) -> None:
        from tests import servers

        with servers.postgres.connect() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'kakehashi_app'",
                [connection.settings_dict["NAME"]],
            )

    server.before_keeping = cut
    while deliver_due() is Rest.MORE:
        pass
    assert len(server.received) == 3
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_a_real_worker_is_nudged(kanagawa: Programme, server: MailServer) -> None:
    arrived = threading.Event()
    server.before_keeping = lambda mail: arrived.set()
    command = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "bench.mail_messages", "worker", "--pool=solo"]
    worker = subprocess.Popen(
        [*command, "--loglevel=ERROR"],
        env=environment(), preexec_fn=dies_with_parent(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        queue(1, "bench.sign_in")
        assert arrived.wait(60)
    finally:
        stop(worker, signal.SIGTERM, 10)
    assert OutgoingMail.objects.get().state == State.SENT
