"""The parts of a running portal, each a process that can be killed: whoever ends is started anew after a pause, as Docker
or systemd would do it. Nothing else helps a part to come back.
"""

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bench.mail_server import MailServer
from bench.stack import Stack
from portal.local.child import stop
from portal.local.home import Refusal
from portal.local.processes import Process, listen, start_beat, start_web, start_worker

PAUSE = 3.0
ROOT = Path(__file__).parents[1]
# What one file may hold while the disk is "full": enough for the log, too little for an upload.
FULL = 1024 * 1024
# Laid on Python's path, so that the clock of the portal's processes can be set wrong.
CLOCK = ROOT / "bench" / "clock"


@dataclass
class Part:
    name: str
    start: Callable[[], Process]
    process: Process = field(init=False)
    ended_at: float = 0.0

    def __post_init__(self) -> None:
        self.process = self.start()

    def kill(self) -> None:
        """As a power cut does: the process and its children, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start_again_if_ended(self) -> None:
        if self.process.poll() is None:
            self.ended_at = 0.0
        elif not self.ended_at:
            self.ended_at = time.monotonic()
        elif time.monotonic() - self.ended_at > PAUSE:
            try:
                self.process = self.start()
            except Refusal:
                # Postgres waits for the last of its former processes.
                self.ended_at = time.monotonic()


class RunningPortal:
    """Two web processes behind one address, a worker, beat, and the servers below them."""

    def __init__(self, stack: Stack, mail: MailServer) -> None:
        self.stack, self.mail = stack, mail
        self.release = ROOT
        self.parts: dict[str, Part] = {}
        self._over = threading.Event()
        self._watching = threading.Lock()

    def __enter__(self) -> Self:
        self.set_clock(0)
        self.listener = listen(0)
        self.address = self.listener.getsockname()
        servers = {"Postgres": self._postgres, "Valkey": self._valkey, "mail server": self._mail}
        portal = {"worker": self._worker, "beat": self._beat, "web 1": self._web, "web 2": self._web}
        self.parts = {name: Part(name, start) for name, start in servers.items()}
        self.parts |= {name: Part(name, start) for name, start in portal.items()}
        # Children are tied to the thread that started them: this one outlives them all.
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        for name in ("beat", "worker", "web 1", "web 2"):
            stop(self.parts[name].process, signal.SIGTERM, 20)
        self._watcher.join()
        self.listener.close()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            with self._watching:
                for part in list(self.parts.values()):
                    if not self._over.is_set():
                        part.start_again_if_ended()

    @property
    def _environment(self) -> dict[str, str]:
        clock = {"PYTHONPATH": str(CLOCK), "CLOCK_WRONG_BY": str(self._wrong_by)}
        return {"EMAIL_URL": self.mail.url, "LOG_LEVEL": "WARNING"} | clock

    @property
    def _wrong_by(self) -> Path:
        return self.stack.home.path / "clock-wrong-by"

    def set_clock(self, seconds: float) -> None:
        """Of web, worker and beat. Written beside and moved, so that nobody reads half a number."""
        new = self._wrong_by.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._wrong_by)

    def _log(self, name: str) -> Path:
        return self.stack.home.log(f"breakage-{name}")

    def _web(self) -> Process:
        # Loaded before its children are there, so that these tell when it can answer.
        options = (
            "--preload", "--workers=2", "--worker-class=gthread", "--threads=4", "--graceful-timeout=20",
            "--log-level=warning",
        )  # fmt: skip
        log, environment = self._log("web"), self._environment
        return start_web(self.listener, log, *options, environment=environment, folder=self.release)

    def _worker(self) -> Process:
        return start_worker(self._log("worker"), self._environment, folder=self.release)

    def _beat(self) -> Process:
        schedule = self.stack.home.path / "beat-schedule"
        return start_beat(self._log("beat"), schedule, self._environment, folder=self.release)

    def _mail(self) -> Process:
        return self.mail.process if self.mail.process.poll() is None else self.mail.start()

    def _postgres(self) -> Process:
        return _started(self.stack.postgres)

    def _valkey(self) -> Process:
        return _started(self.stack.valkey)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No web process can write a file larger than FULL. Whether it is the disk or this, the write fails half way."""
        self._limit_files(FULL)
        try:
            yield
        finally:
            self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, size: int) -> None:
        for name in ("web 1", "web 2"):
            for pid in _with_children(self.parts[name].process.pid):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def deploy(self, release: Path) -> None:
        """New processes beside the old ones, which finish what they have in hand and end. Beat stays one."""
        with self._watching:
            self.release = release
            for name in ("web 1", "web 2", "worker", "beat"):
                part = self.parts[name]
                if name == "beat":
                    stop(part.process, signal.SIGTERM, 20)
                    part.process = part.start()
                    continue
                former, part.process = part.process, part.start()
                while part.process.poll() is None and len(_with_children(part.process.pid)) < 3:
                    time.sleep(0.1)
                stop(former, signal.SIGTERM, 60)


def _started(server: object) -> Process:
    process: Process | None = server.process  # type: ignore[attr-defined]
    if process is None or process.poll() is not None:
        server.start()  # type: ignore[attr-defined]
        process = server.process  # type: ignore[attr-defined]
    assert process
    return process


def _with_children(parent: int) -> list[int]:
    found = [parent]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
