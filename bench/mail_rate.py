"""A fan-out of 2,000 mails against a bare smtplib loop over one connection to the same server: each outcome is
committed by itself. And how long a sign-in mail takes while a bulk run is on its way.

Both are measured in turn, and the bare loop stands twice in each round: where its halves differ by more than a tenth,
no figure of the run counts.
"""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from bench.mail_server import MailServer
from bench.stack import Stack
from bench.table import Row, Table
from portal.local.child import dies_with_parent

MAILS = 2000
ROUNDS = 3
SIGN_INS = 8
LANES = 3
AA_TOLERANCE = 0.10
PROGRAMME = "kanagawa"


def run(stack: Stack) -> Table:
    from bench.mail_messages import register_messages
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    with MailServer(stack.home.path) as server:
        use_server(server)
        register_messages()
        with programme_scope(Programme.objects.get(slug=PROGRAMME)):
            bare, again, ours, lanes, queueing = rates(server)
            waits, bulk = sign_in_waits(server)
    aa = median(bare) / median(again)
    yardstick = (median(bare) + median(again)) / 2
    return Table(
        f"Mail: a fan-out of {MAILS:,} (mails per second and ratio to the bare loop: above 1 is faster)",
        [
            rate_row("bare smtplib loop, one connection", bare, yardstick),
            rate_row("the same again", again, yardstick),
            rate_row("outbox, one connection: rendered, sent, each outcome committed", ours, yardstick),
            rate_row(f"outbox, {LANES} connections of one worker (MAIL_CONNECTIONS)", lanes, yardstick),
            rate_row("outbox, two Celery processes, from the nudge on", [bulk], yardstick),
            rate_row("writing the rows: queue_mail() in one transaction", queueing, yardstick),
            Row("sign-in mail during the bulk run, median", {"seconds": median(waits)}),
            Row("sign-in mail during the bulk run, slowest", {"seconds": max(waits)}),
        ],
        [f"{ROUNDS} rounds in turn; A/A {aa:.2f}; {len(waits)} sign-in mails, from commit to arrival (2 s at most)."],
        quotable=abs(aa - 1) <= AA_TOLERANCE,
    )


def rate_row(name: str, rates: list[float], yardstick: float) -> Row:
    return Row(name, {"mails/s": median(rates), "ratio": median(rates) / yardstick})


def use_server(server: MailServer) -> None:
    from django.conf import settings

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.MAIL_PER_MINUTE = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0


def rates(server: MailServer) -> tuple[list[float], ...]:
    bare, again, ours, lanes, queueing = [], [], [], [], []
    content = sample()
    send_bare(server, content, MAILS // 10)
    for number in range(ROUNDS):
        bare.append(send_bare(server, content, MAILS // 2))
        queueing.append(queue(f"round {number}"))
        ours.append(deliver_all(1))
        queue(f"lanes {number}")
        lanes.append(deliver_all(LANES))
        again.append(send_bare(server, content, MAILS // 2))
    return bare, again, ours, lanes, queueing


def sample() -> bytes:
    """What the bare loop sends: the same bytes as ours, made once."""
    from portal.outbox.models import OutgoingMail
    from portal.outbox.rendering import render_mail
    from portal.outbox.writing import as_bytes

    mail = OutgoingMail(message="bench.announcement", to="someone@example.jp", data=data(0))
    words = render_mail(mail)
    assert words
    mail.pk = 0
    return as_bytes(mail, words)


def send_bare(server: MailServer, content: bytes, count: int) -> float:
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        for number in range(count):
            connection.sendmail("sdgs@kanagawa.example.jp", f"someone{number}@example.jp", content)
    return count / (time.perf_counter() - started)


def data(number: int) -> dict[str, str]:
    return {"name": f"山田 花子{number}", "organisation": f"株式会社あおぞら循環システムズ{number}"}


def queue(run: str) -> float:
    from django.db import transaction

    from portal.outbox.services import queue_mail

    started = time.perf_counter()
    with transaction.atomic():
        for number in range(MAILS):
            queue_mail(
                message="bench.announcement",
                to=f"someone{number}@example.jp",
                dedupe_key=f"{run}:{number}",
                data=data(number),
            )
    return MAILS / (time.perf_counter() - started)


def deliver_all(lanes: int) -> float:
    from portal.outbox.delivery import Rest, take_turn

    started = time.perf_counter()
    while take_turn(lanes) is Rest.MORE:
        pass
    return MAILS / (time.perf_counter() - started)


@contextmanager
def worker(server: MailServer, per_minute: int = 0, per_domain: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of two processes, with these limits; 0 is none."""
    limits = {"MAIL_PER_MINUTE": str(per_minute), "MAIL_PER_MINUTE_AND_DOMAIN": str(per_domain)}
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "bench.mail_messages", "worker", "--concurrency=2", "--loglevel=ERROR",
         "--without-gossip", "--without-mingle"],
        preexec_fn=dies_with_parent(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"EMAIL_URL": server.url} | limits,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def sign_in_waits(server: MailServer) -> tuple[list[float], float]:
    """Seconds from commit to arrival of sign-in mails, spread over a bulk run of real workers; and the run's rate."""
    from celery import current_app

    from portal.outbox.services import queue_mail

    waits: list[float] = []
    with worker(server):
        while not current_app.control.ping(timeout=0.5):
            pass
        before = len(server.arrivals())
        queue("bulk")
        started = time.time()
        for number in range(SIGN_INS):
            target = before + round(MAILS * (number + 0.5) / SIGN_INS)
            while len(server.arrivals()) < target:
                time.sleep(0.02)
            to = f"person{number}@example.jp"
            queue_mail(message="bench.sign_in", to=to, dedupe_key=f"sign-in {number}", data=data(number))
            asked = time.time()
            while not (there := [mail for mail in server.arrivals()[before:] if mail.to == to]):
                time.sleep(0.02)
            waits.append(there[0].at - asked)
        while len(arrivals := server.arrivals()) < before + MAILS + SIGN_INS:
            time.sleep(0.05)
    return waits, MAILS / (arrivals[-1].at - started)
