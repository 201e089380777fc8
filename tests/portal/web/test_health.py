"""/healthz and /readyz; and a real worker and a real beat that make them say so."""

import json
import signal
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client

from portal.local.child import stop
from portal.local.processes import start_beat, start_worker
from portal.web.access import StaffRole
from portal.web.health import QUIET_SECONDS
from portal.web.tasks import BEAT, WORKER
from tests.site import Site


@pytest.mark.parametrize("host", ["kanagawa.localhost", "unknown.localhost", "127.0.0.1", "nonsense.example"])
def test_health_is_asked_by_any_name(db: None, host: str) -> None:
    visit = Client(headers={"host": host})
    assert (visit.get("/healthz").status_code, visit.get("/healthz").text) == (200, "ok\n")
    assert (visit.get("/readyz").status_code, visit.get("/readyz").text) == (200, "ready\n")


def test_the_details_are_for_operators_and_for_a_command(  # type: ignore[no-untyped-def]
    as_operator: Client, as_staff, as_member, capsys: pytest.CaptureFixture[str]
) -> None:
    caches["platform"].set(BEAT, time.time())
    caches["platform"].set(WORKER, time.time() - QUIET_SECONDS - 1)
    assert as_operator.get("/readyz").json() == {"database": True, "redis": True, "worker": False, "beat": True}
    with pytest.raises(CommandError, match=r"^Not well: worker\.$"):
        call_command("health")
    assert json.loads(capsys.readouterr().out)["worker"] is False
    caches["platform"].set(WORKER, time.time())
    call_command("health")
    assert set(json.loads(capsys.readouterr().out).values()) == {True}
    for visit in (as_staff(StaffRole.APPROVER), as_member()):
        assert visit.get("/readyz").text == "ready\n"
        assert visit.get("/readyz", headers={"host": settings.PLATFORM_HOST}).text == "ready\n"


def test_nothing_was_heard_yet(as_operator: Client) -> None:
    assert as_operator.get("/readyz").json() == {"database": True, "redis": True, "worker": False, "beat": False}


def test_the_heartbeat_flows_through_beat_and_worker(site: Site, tmp_path: Path) -> None:
    client = redis.Redis(unix_socket_path=str(site.valkey.socket), db=1)
    client.config_set("notify-keyspace-events", "K$")
    watch = client.pubsub()
    watch.psubscribe("__keyspace@1__:*heartbeat:*")
    heard: set[str] = set()
    worker = start_worker(tmp_path / "worker.log", site.environment)
    beat = start_beat(tmp_path / "beat.log", tmp_path / "schedule", site.environment)
    try:
        while heard != {"beat", "worker"}:
            if (message := watch.get_message(timeout=60)) is None:
                pytest.fail((tmp_path / "worker.log").read_text() + (tmp_path / "beat.log").read_text())
            heard |= {message["channel"].decode().rpartition(":")[2]} if message["type"] == "pmessage" else set()
    finally:
        for process in (beat, worker):
            stop(process, signal.SIGTERM, 10)
        client.close()
    # One line of JSON for the task, under the task's own id, and none with its arguments.
    lines = [line for line in (tmp_path / "worker.log").read_text().splitlines() if '"portal.tasks"' in line]
    assert '"task": "portal.web.tasks.heartbeat", "state": "SUCCESS"' in lines[0]
