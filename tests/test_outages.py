"""When a server that the portal stands on is gone: pages go on without Redis, and say so plainly without Postgres."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from portal.local.child import stop
from portal.local.demo import LOST_REDIS
from portal.local.processes import start_beat, start_worker
from tests import servers
from tests.mail_server import MailServer, running_mail_server
from tests.site import Site, demo_template, running_site

BEFORE, DURING = "before@example.jp", "during@example.jp"


@pytest.fixture
def own_site() -> Iterator[Site]:
    with running_site("outage") as site:
        yield site


def test_redis_goes_and_then_the_database_goes_and_comes_back(own_site: Site) -> None:
    pages = ["/", "/en/", "/easy/", "/about/site-policy/"]
    assert [own_site.get(page)[0] for page in pages] == [200] * 4

    own_site.valkey.stop()
    assert [own_site.get(page)[0] for page in pages * 2] == [200] * 8
    assert own_site.get("/readyz") == (200, "ready\n")

    servers.postgres.drop_database(own_site.name)
    status, page = own_site.get("/")
    assert status == 503
    assert "ただいま利用できません" in page
    assert "Traceback" not in page
    assert own_site.get("/readyz") == (503, "not ready\n")
    assert own_site.get("/healthz") == (200, "ok\n")

    servers.postgres.create_database(own_site.name, template=demo_template())
    own_site.valkey.start()
    assert [own_site.get(page)[0] for page in pages] == [200] * 4
    log = own_site.log.read_text()
    assert '"exception": "OperationalError"' in log
    assert "does not exist" not in log


def ask_for_sign_in(site: Site, address: str) -> int:
    """As a browser would, without anything but its own cookie."""
    connection = HTTPConnection("127.0.0.1", site.port)
    host = {"Host": "kanagawa.localhost"}
    connection.request("GET", "/sign-in/", headers=host)
    page = connection.getresponse()
    cookies = "; ".join(cookie.partition(";")[0] for cookie in page.headers.get_all("Set-Cookie", []))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    form = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host['Host']}"}
    body = urlencode({"csrfmiddlewaretoken": token[1], "address": address})
    connection.request("POST", "/sign-in/", body, host | form)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, int]]:
    with running_mail_server() as server:
        yield server


def test_redis_is_gone_and_mail_leaves_when_it_is_back(mail_server: tuple[MailServer, int]) -> None:
    """Real web, worker and beat. What is asked for while Redis is gone is written down, and its nudge is lost."""
    server, port = mail_server
    arrived = {BEFORE: threading.Event(), DURING: threading.Event()}
    # The demo has mails of its own on their way.
    server.before_keeping = lambda mail: arrived[mail.to].set() if mail.to in arrived else None
    with ExitStack() as stack, running_site("gone", EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        folder = site.log.parent
        worker = start_worker(folder / "worker.log", site.environment)
        stack.callback(stop, worker, signal.SIGTERM, 10)
        beat = start_beat(folder / "beat.log", folder / "beat-schedule", site.environment)
        stack.callback(stop, beat, signal.SIGTERM, 10)
        assert ask_for_sign_in(site, BEFORE) == 302
        assert arrived[BEFORE].wait(120), "the worker does not send at all"

        site.valkey.stop()
        # Whoever runs it starts it anew, and it waits for Redis.
        assert worker.wait(60) == LOST_REDIS
        stack.callback(stop, start_worker(folder / "worker.log", site.environment), signal.SIGTERM, 10)
        assert [site.get(page)[0] for page in ("/", "/sign-in/")] == [200] * 2
        assert ask_for_sign_in(site, DURING) == 302
        assert not arrived[DURING].is_set()

        site.valkey.start()
        assert arrived[DURING].wait(120), "\n".join(
            (folder / name).read_text()[-6000:] for name in ("worker.log", "beat.log")
        )
    assert [server.receivers.count(address) for address in (BEFORE, DURING)] == [1, 1]
