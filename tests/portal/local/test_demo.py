"""`make demo` as real processes: interrupted, killed, started again, side by side; and what it says when it cannot."""

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from portal.local import demo, postgres, valkey
from portal.local.__main__ import main
from portal.local.home import Refusal
from tests.breadth import EVERYTHING
from tests.portal.local.demos import (
    IS_ROOT,
    Demo,
    as_somebody_else,
    nothing_left,
    portal_local,
    short_folder,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as path:
        yield path


def refused(home: Path, port: int, prepare: Callable[[], None] | None = None) -> str:
    process = portal_local("demo", home, port, prepare)
    said, _ = process.communicate()
    assert process.returncode == 1, said
    assert "Traceback" not in said
    *_steps, empty, sentence = said.rstrip("\n").split("\n")
    assert empty == ""
    assert sentence.endswith(".")
    return sentence


def test_the_life_of_a_demo(folder: Path) -> None:
    """One story, because each start takes seconds. The folder above is closed to others, as root's home would be."""
    folder.chmod(0o700)
    home = folder / "home"
    with nothing_left():
        # Interrupted while Postgres is being made, and while tables are. On a busy machine it may be made before the
        # signal comes: then it is whole.
        assert Demo(home).until("Postgres").end(signal.SIGINT) == 130
        assert not (home / "postgres").exists() or (home / "postgres" / "global" / "pg_control").exists()
        assert Demo(home).until("Tables").end(signal.SIGTERM) == 130

    with nothing_left():
        first = Demo(home).until("Ctrl-C stops it.")
        assert "神奈川県" in first.page()
        assert (
            refused(home, first.port)
            == f"A portal is already running in {home}: stop it, or choose another folder with PORTAL_HOME=…."
        )
        first.end(signal.SIGKILL)

    key = (home / "secret-key").read_text()
    with nothing_left(), short_folder() as elsewhere:
        elsewhere.chmod(0o777)
        second, other = Demo(home), Demo(elsewhere / "home", as_somebody_else)
        second.until("(all programmes)"), other.until("(all programmes)" if EVERYTHING else "Translations")
        assert (home / "secret-key").read_text() == key
        for running in (second, other) if EVERYTHING else (second,):
            assert "山口県" in running.page("yamaguchi.localhost")
            assert "神奈川県" in running.page("localhost")
        assert refused(folder / "third", second.port).startswith(f"Port {second.port} is taken")
        assert second.end(signal.SIGINT) == 0
        assert other.end(signal.SIGTERM) == (0 if EVERYTHING else 130)
        assert f"Stopped. The data stay in {home}." in second.said


def test_stopping_takes_ten_seconds_at_most() -> None:
    assert demo.STOP_SECONDS + valkey.STOP_SECONDS + postgres.STOP_SECONDS < 10


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000 ", "８０００", "1" * 5000])
def test_a_port_that_is_none_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("PORTAL_HOME", str(folder / "home"))
    with pytest.raises(Refusal, match="PORT must be a number from 1 to 65535"):
        main("demo")
    assert not (folder / "home").exists()


@pytest.mark.skipif(not IS_ROOT, reason="only root can become somebody else")
def test_a_folder_of_somebody_else_is_refused(folder: Path) -> None:
    sentence = refused(folder / "home", 8000, as_somebody_else)
    assert sentence.startswith(f"The data folder {folder / 'home'} cannot be written (Permission denied)")


def test_a_signal_that_a_library_swallows_still_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "asked_to_stop", Event())
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with suppress(demo.Stopped):
            demo.stop_once(signal.SIGTERM, None)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    with pytest.raises(demo.Stopped), demo.step("Web"):
        pytest.fail("It went on.")
