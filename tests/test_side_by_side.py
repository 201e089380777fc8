"""One more web process and one more worker: they share the work, nothing is done twice, and a visitor may meet either."""

import signal
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

from portal.local.child import stop
from portal.local.processes import listen, start_web, start_worker
from tests.mail_server import Mail, running_mail_server
from tests.site import running_site
from tests.test_outages import ask_for_sign_in

PEOPLE = [f"person{number}@example.jp" for number in range(20)]


def test_two_web_processes_and_two_workers_share_the_work() -> None:
    with ExitStack() as stack:
        server, port = stack.enter_context(running_mail_server())
        site = stack.enter_context(running_site("side", EMAIL_URL=f"smtp://127.0.0.1:{port}"))
        folder = site.log.parent
        with listen(0) as listener:
            second = replace(site, port=listener.getsockname()[1])
            web = start_web(listener, folder / "web2.log", environment=site.environment)
        stack.callback(stop, web, signal.SIGTERM, 10)
        workers = [start_worker(folder / f"worker{number}.log", site.environment) for number in (1, 2)]
        for worker in workers:
            stack.callback(stop, worker, signal.SIGTERM, 10)

        waiting, all_there = set(PEOPLE), threading.Event()

        def note(mail: Mail) -> None:
            waiting.discard(mail.to)
            if not waiting:
                all_there.set()

        server.before_keeping = note
        for number, address in enumerate(PEOPLE):
            assert ask_for_sign_in([site, second][number % 2], address) == 302
        assert all_there.wait(120), waiting
        assert {process.poll() for process in (site.process, web, *workers)} == {None}
    # Asked after both workers have ended, so that none is still on its way.
    assert Counter(address for address in server.receivers if address in PEOPLE) == Counter(PEOPLE)
