"""The Proof: 2,000 mails while the worker is killed with SIGKILL twenty times, Valkey is flushed twice, the mail server
refuses a third of the connections, and Postgres restarts once. Every mail arrives; at most one copy too many for each
kill, and each copy with the Message-ID of the first.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

from bench.mail_rate import PROGRAMME, queue, use_server
from bench.mail_server import MailServer
from bench.stack import Stack
from bench.table import Row, Table
from portal.local.child import start

SLOW = True
MAILS = 2000
KILLS = 20
FLUSHES = 2
LONGEST_SECONDS = 1800


def run(stack: Stack) -> Table:
    from bench.mail_messages import register_messages
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    register_messages()
    with MailServer(stack.home.path, refused_share=1 / 3) as server:
        use_server(server)
        with programme_scope(Programme.objects.get(slug=PROGRAMME)):
            started = time.time()
            storm = Storm(stack, server)
            queue("storm")
            try:
                storm.rage()
            finally:
                storm.end()
            seconds = time.time() - started
            states = count_states()
        arrivals = server.arrivals()
    copies = Counter(mail.to for mail in arrivals)
    names = {(mail.to, mail.message_id) for mail in arrivals}
    return Table(
        f"Mail in a storm: {MAILS:,} mails, a third of the connections refused",
        [
            Row("mails that arrived", {"count": len(copies), "of": MAILS}),
            Row("lost", {"count": MAILS - len(copies), "of": 0}),
            Row("copies too many", {"count": len(arrivals) - len(copies), "of": storm.kills}),
            Row("mails with more than one Message-ID", {"count": len(names) - len(copies), "of": 0}),
            Row("rows in state sent", {"count": states.get("sent", 0), "of": MAILS}),
            Row("kills", {"count": storm.kills, "of": KILLS}),
            Row("flushes of Valkey", {"count": storm.flushes, "of": FLUSHES}),
            Row("restarts of Postgres", {"count": storm.restarts, "of": 1}),
        ],
        [f"{seconds:,.0f} s in all. 'of' is what must be, for copies the most that may be."],
        quotable=len(copies) == MAILS and len(names) == MAILS and len(arrivals) - len(copies) <= storm.kills,
    )


def count_states() -> Counter[str]:
    from portal.outbox.models import OutgoingMail

    return Counter(OutgoingMail.objects.values_list("state", flat=True))


class Storm:
    """A worker and a beat, and what happens to them."""

    def __init__(self, stack: Stack, server: MailServer) -> None:
        self.stack, self.server = stack, server
        self.kills = self.flushes = self.restarts = 0
        self.environment = os.environ | {"EMAIL_URL": server.url, "LOG_LEVEL": "ERROR"}
        self.worker = self.start_worker()
        schedule = f"--schedule={stack.home.path / 'beat-schedule'}"
        self.beat = self.start("beat", schedule, "--pidfile=")

    def start_worker(self) -> "subprocess.Popen[bytes]":
        return self.start("worker", "--concurrency=2", "--without-gossip", "--without-mingle")

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        celery = [sys.executable, "-m", "celery", "-A", "bench.mail_messages"]
        return start([*celery, *command, "--loglevel=ERROR"], self.stack.home.log(command[0]), env=self.environment)

    def rage(self) -> None:
        """One blow whenever another part of the mails has arrived."""
        blows = [MAILS * number // (KILLS + 1) for number in range(1, KILLS + 1)]
        ends = time.time() + LONGEST_SECONDS
        while (arrived := len({mail.to for mail in self.server.arrivals()})) < MAILS and time.time() < ends:
            if blows and arrived >= blows[0]:
                blows.pop(0)
                self.strike()
            time.sleep(0.05)
        # What has arrived is also written down.
        while count_states().get("sent", 0) < MAILS and time.time() < ends:
            time.sleep(0.2)

    def strike(self) -> None:
        # The worker and its children at once, as when the machine's memory runs out.
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()
        self.kills += 1
        if self.kills in (5, 15):
            self.flush()
        if self.kills == 10:
            self.restart_postgres()
        self.worker = self.start_worker()

    def flush(self) -> None:
        import redis

        with redis.Redis(unix_socket_path=str(self.stack.valkey.socket)) as client:
            client.flushall()
        self.flushes += 1

    def restart_postgres(self) -> None:
        from django.db import connection

        connection.close()
        self.stack.postgres.stop()
        self.stack.postgres.start()
        self.restarts += 1

    def end(self) -> None:
        for process in (self.worker, self.beat):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
