"""Real demos in processes of their own, for tests: started, read, stopped, and looked after what they leave behind."""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.local.child import as_nobody
from portal.local.processes import listen

ROOT = Path(__file__).parents[3]
IS_ROOT = os.geteuid() == 0
PR_SET_CHILD_SUBREAPER = 36
CAP_DAC_READ_SEARCH = 2
STOP_SECONDS = 10
# Reads everything (the Python and the checkout may lie in closed folders) and writes only what is open to all.
as_somebody_else = as_nobody(signal.SIGTERM, CAP_DAC_READ_SEARCH) if IS_ROOT else None


@contextmanager
def short_folder() -> Iterator[Path]:
    """pytest's own temporary folders are too deep for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with listen(0) as listener:
        return int(listener.getsockname()[1])


def portal_local(
    command: str, home: Path, port: object = 8000, prepare: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "portal.local", command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": str(port), "PORTAL_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=prepare,
        start_new_session=True,
    )


class Demo:
    def __init__(self, home: Path, prepare: Callable[[], None] | None = None) -> None:
        self.port = free_port()
        self.process = portal_local("demo", home, self.port, prepare)
        self.said = ""

    def until(self, words: str) -> "Demo":
        """Reads what it prints until these words; that it ends before them is a failure that shows all it said."""
        assert self.process.stdout
        while words not in self.said:
            letter = self.process.stdout.read(1)
            assert letter, self.said
            self.said += letter
        return self

    def page(self, host: str = "kanagawa.localhost", path: str = "/") -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": host})
        with urllib.request.urlopen(request) as response:
            return str(response.read().decode())

    def end(self, with_signal: signal.Signals) -> int:
        self.process.send_signal(with_signal)
        self.said += self.process.communicate()[0]
        return self.process.returncode


@contextmanager
def nothing_left() -> Iterator[None]:
    """Every process that is started inside has ended at the end. Orphans become our children, so none escapes."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = children()
    try:
        yield
    finally:
        while left := children() - before:
            for pid in left:
                wait_for_end(pid)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def wait_for_end(pid: int) -> None:
    handle = os.pidfd_open(pid)
    command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    ended, _, _ = select.select([handle], [], [], STOP_SECONDS)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(handle)
    assert ended, f"left running: {command}"


def children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}
