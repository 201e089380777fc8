"""Nudges: a broker that is gone stops nobody."""

from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from portal.tenancy.models import Programme
from portal.web import nudges
from portal.web.nudges import Nudge, nudge_on_commit


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Redis address behind which nobody listens."""
    address, options = f"redis+socket://{tmp_path}/none.sock", nudges._publisher.transport_options
    monkeypatch.setattr(nudges, "_publisher", Connection(address, transport_options=options))
    monkeypatch.setattr(nudges, "_quiet_until", 0.0)


def test_a_broker_that_is_gone_stops_nobody(
    no_broker: None, in_kanagawa: Programme, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        nudge_on_commit("portal.nothing")
    assert len(callbacks) == 1
    assert nudges._quiet_until > 0


def test_it_is_left_alone_for_a_moment(no_broker: None) -> None:
    Nudge("portal.nothing")()
    until = nudges._quiet_until
    Nudge("portal.nothing")()
    assert nudges._quiet_until == until
