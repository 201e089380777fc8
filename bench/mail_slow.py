"""1,040 mails at a server that takes five a second, with the limits a minute as they stand unless told otherwise: all of
them within ten minutes.
"""

import time

from bench.mail_rate import PROGRAMME, use_server, worker
from bench.mail_server import MailServer
from bench.mailing import ALIVE, make_mailing
from bench.stack import Stack
from bench.table import Row, Table

SLOW = True
RECEIVERS = 1040
PER_SECOND = 5
MOST_SECONDS = 600
SWEEP_SECONDS = 20


def run(stack: Stack) -> Table:
    from celery import current_app

    from portal.notices.queries import progress_of
    from portal.notices.services import start_mailing
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    server = MailServer(stack.home.path, mails_per_second=PER_SECOND)
    with server, programme_scope(Programme.objects.get(slug=PROGRAMME)):
        use_server(server)
        mailing, actor = make_mailing(RECEIVERS)
        started = time.time()
        with worker(server, per_minute=1000, per_domain=300):
            start_mailing(mailing=mailing, actor=actor)
            swept = started
            while not progress_of(mailing).is_over:
                time.sleep(0.2)
                if time.time() - swept > SWEEP_SECONDS:
                    # As beat does, for what the limits have held back.
                    current_app.send_task("portal.outbox.tasks.sweep")
                    swept = time.time()
        seconds = time.time() - started
        arrived = len({mail.to for mail in server.arrivals() if mail.to.startswith(ALIVE)})
    return Table(
        f"{RECEIVERS:,} mails at a server that takes {PER_SECOND} a second",
        [
            Row("mails that arrived", {"count": arrived, "of": RECEIVERS}),
            Row("seconds until the last", {"seconds": seconds, "of": MOST_SECONDS}),
            Row("if the server never waited", {"seconds": RECEIVERS / PER_SECOND}),
        ],
        ["'of' is what must be, for seconds the most that may be."],
        quotable=arrived == RECEIVERS and seconds < MOST_SECONDS,
    )
