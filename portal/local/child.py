"""How a local process is started and stopped: tied to its parent's life, never as root where it refuses to be."""

import ctypes
import os
import pwd
import signal
import struct
import subprocess
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def start(
    command: Sequence[str | Path], log: Path, prepare: Callable[[], None] | None = None, **options: Any
) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C reaches it only through us: clients end before their servers."""
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            preexec_fn=prepare or dies_with_parent(),
            start_new_session=True,
            **options,
        )


def stop(process: "subprocess.Popen[bytes] | None", with_signal: signal.Signals, seconds: float) -> None:
    """Asks, waits, and ends what does not listen."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def dies_with_parent(with_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: even a parent that is killed leaves no server behind. Linux only; elsewhere a no-op."""

    def prepare() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)

    return prepare


def as_nobody(with_signal: signal.Signals, right: int = CAP_DAC_OVERRIDE) -> Callable[[], None]:
    """For `preexec_fn`: Postgres refuses to run as root, and a root's folders are closed to everybody else.

    The child becomes `nobody` and keeps one right of root's, to pass closed folders. So nothing
    has to be copied out of the checkout, and no folder has to be opened to others.
    """
    nobody = pwd.getpwnam("nobody")

    def prepare() -> None:
        header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
        only = 1 << right
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        libc.capset(header, struct.pack("=6I", only, only, only, 0, 0, 0))
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, right, 0, 0)
        # Last: a change of user clears it.
        libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)

    return prepare


def wheel_folder(package: str) -> Path:
    """Where a wheel lies, found without importing it: its own start-up code is not wanted."""
    spec = find_spec(package)
    assert spec and spec.origin
    return Path(spec.origin).parent
