"""A mailing to 5,000 receivers over real workers: stopped in the middle, resumed, 50 addresses dead, and the 50 tried once
more. Everybody else gets it exactly once.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.mail_rate import PROGRAMME, use_server, worker
from bench.mail_server import DEAD, MailServer
from bench.stack import Stack
from bench.table import Row, Table

RECEIVERS = 5000
DEAD_ADDRESSES = 50
# What a worker may have in hand when it is stopped: the largest batch of each connection.
MOST_IN_HAND = 300
SEGMENT = "bench.people"
ALIVE = "receiver"


def run(stack: Stack) -> Table:
    from portal.notices.queries import progress_of
    from portal.notices.services import resend_failures, resume_mailing, start_mailing, stop_mailing
    from portal.outbox.models import OutgoingMail
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    with MailServer(stack.home.path) as server, programme_scope(Programme.objects.get(slug=PROGRAMME)):
        use_server(server)
        mailing, actor = make_mailing(RECEIVERS, DEAD_ADDRESSES)
        started = time.time()
        start_mailing(mailing=mailing, actor=actor)
        written = time.time() - started
        with worker(server):
            wait_until(lambda: len(server.arrivals()) >= RECEIVERS * 0.4)
            stop_mailing(mailing=mailing, actor=actor)
            at_stop = len(server.arrivals())
            rested = wait_until_quiet(server)
            resume_mailing(mailing=mailing, actor=actor)
            wait_until(lambda: progress_of(mailing).is_over)
            seconds = time.time() - started
            again = resend_failures(mailing=mailing, actor=actor)
            wait_until(lambda: progress_of(mailing).is_over)
        # The demo's own mails leave as well.
        copies = Counter(mail.to for mail in server.arrivals() if mail.to.startswith(ALIVE))
        failed = OutgoingMail.objects.about(mailing).filter(state="failed", answer="550 no such user here").count()
    alive = RECEIVERS - DEAD_ADDRESSES
    exactly_once = sum(count == 1 for count in copies.values())
    return Table(
        f"A mailing to {RECEIVERS:,}: stopped in the middle, resumed, {DEAD_ADDRESSES} addresses dead",
        [
            Row("receivers who got it exactly once", {"count": exactly_once, "of": alive}),
            Row("receivers who got it twice", {"count": len(copies) - exactly_once, "of": 0}),
            Row("listed as failed with the server's reason", {"count": failed, "of": DEAD_ADDRESSES}),
            Row("tried once more: the failed alone", {"count": again, "of": DEAD_ADDRESSES}),
            Row("arrived by the time it was stopped", {"count": at_stop, "of": alive}),
            Row("in hand then, and arrived after it", {"count": rested - at_stop, "of": MOST_IN_HAND}),
            Row("writing the rows", {"seconds": written}),
            Row("all of it, with the stop", {"seconds": seconds}),
        ],
        ["'of' is what must be; for those in hand the most that may be."],
        quotable=exactly_once == alive == len(copies) and failed == again == DEAD_ADDRESSES,
    )


def make_mailing(receivers: int, dead: int = 0) -> tuple[Any, Any]:
    """A mailing to so many people, and the officer who sends it."""
    from portal.accounts.models import User
    from portal.notices.models import Mailing
    from portal.web.access import Actor, StaffRole
    from portal.web.registry import Receiver, Segment, mail_segments

    def nobody(choice: str, user: Any) -> Any:
        return User.objects.none()

    people = [
        Receiver(f"{DEAD if number < dead else ALIVE}{number}@example.jp", f"山田 {number}", "株式会社あおば")
        for number in range(receivers)
    ]
    if SEGMENT not in mail_segments:
        mail_segments.register(SEGMENT, Segment("測定", lambda: [("", "全員")], lambda choice: people, nobody))
    text = "{団体名}\n{氏名} 様\n\n" + "交流会を開きます。お知らせのページから、内容をご覧ください。\n" * 8
    mailing = Mailing.objects.create(subject="交流会のご案内", text=text, segment=SEGMENT)
    officer = User.objects.create_user(f"officer.{mailing.pk}@example.jp", was_appointed=True)
    return mailing, Actor(user=officer, staff_role=StaffRole.OFFICER)


def wait_until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.05)


def wait_until_quiet(server: MailServer) -> int:
    """How many have arrived when nothing has come for three seconds."""
    before, quiet_since = len(server.arrivals()), time.time()
    while time.time() - quiet_since < 3:
        time.sleep(0.05)
        if (now := len(server.arrivals())) != before:
            before, quiet_since = now, time.time()
    return before
