"""The portal's own processes, as the demo, the tests and the measurements start them: web, worker, beat.

`folder` is the checkout that they run, the present one unless told.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from portal.local.child import start
from portal.local.home import Refusal

Process = subprocess.Popen[bytes]
CELERY = (sys.executable, "-m", "celery", "-A", "portal")


def listen(port: int) -> socket.socket:
    """Taken at once and handed to the web process later: nobody can come between. 0 takes any free port."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=256)
    except OSError as error:
        raise Refusal(f"Port {port} is taken or not allowed: choose another with PORT=8001 make demo.") from error


def start_web(
    listener: socket.socket,
    log: Path,
    *options: str,
    application: str = "portal.wsgi",
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Process:
    """Requests wait in the socket's queue until the web process is up, so there is nothing to poll for."""
    bind = f"--bind=fd://{listener.fileno()}"
    return start(
        [sys.executable, "-m", "gunicorn", application, bind, *options],
        log,
        pass_fds=[listener.fileno()],
        env=os.environ | (environment or {}),
        cwd=folder,
    )


def start_mail_sink(listener: socket.socket, log: Path, folder: Path) -> Process:
    command = [sys.executable, "-m", "portal.local.mail_sink", str(listener.fileno()), str(folder)]
    return start(command, log, pass_fds=[listener.fileno()])


def start_worker(log: Path, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Process:
    command = [*CELERY, "worker", "--concurrency=2", "--without-gossip", "--without-mingle"]
    return start(command, log, env=os.environ | (environment or {}), cwd=folder)


def start_beat(
    log: Path, schedule: Path, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Process:
    command = [*CELERY, "beat", f"--schedule={schedule}", "--pidfile="]
    return start(command, log, env=os.environ | (environment or {}), cwd=folder)
