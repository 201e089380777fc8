"""`make demo`: the whole portal in the foreground, from an empty folder to a page that answers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.local.child import dies_with_parent
from portal.local.environment import local_environment
from portal.local.home import Home, Refusal
from portal.local.postgres import Postgres
from portal.local.valkey import Valkey

START_SECONDS = 30
# Of the ten seconds that stopping may take: first the portal's own processes, then the servers below them.
STOP_SECONDS = 6


def run(home: Home, port: int) -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set() if ready.is_set() else sys.exit(130))
    ready = threading.Event()
    started = time.monotonic()
    with ExitStack() as stack:
        with step("Data folder", str(home.path)):
            refuse_taken_port(port)
            stack.enter_context(home.prepare().lock())
        with step("Postgres"):
            postgres = Postgres(home)
            stack.callback(postgres.stop)
            postgres.start()
        with step("Valkey"):
            valkey = Valkey(home)
            stack.callback(valkey.stop)
            valkey.start()
        os.environ.update(local_environment(home, postgres, valkey, "kakehashi", port))
        prepare_portal()
        processes = Processes(home)
        stack.callback(processes.stop)
        with step("Web, worker, beat"):
            start_processes(processes, port)
            wait_for_page(port, processes)
        ready.set()
        print_welcome(port, time.monotonic() - started)
        while not stop.wait(0.5):
            processes.refuse_if_dead()
        print("\nStopping …", flush=True)
    print("Stopped. The data stay in", home.path, flush=True)
    return 0


def prepare_portal() -> None:
    """Tables, translations, static files and demo data, in this process: Django is imported once."""
    import django

    with step("Tables"):
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    with step("Translations"):
        call_command("translations", compile=True)
    with step("Stylesheet and scripts"):
        call_command("collectstatic", verbosity=0, interactive=False)
    with step("Demo data"):
        from portal.local.data import load

        load()


def start_processes(processes: "Processes", port: int) -> None:
    python = sys.executable
    processes.start(
        "web", python, "-m", "gunicorn", "portal.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2",
        "--worker-class=gthread", "--threads=4", "--limit-request-line=0", "--graceful-timeout=3", "--no-control-socket",
    )  # fmt: skip
    processes.start("worker", python, "-m", "celery", "-A", "portal", "worker", "--concurrency=2", "--loglevel=INFO")
    schedule = processes.home.path / "beat-schedule"
    processes.start("beat", python, "-m", "celery", "-A", "portal", "beat", f"--schedule={schedule}", "--loglevel=INFO")


class Processes:
    """Our own processes. They share the terminal's process group, so Ctrl-C reaches them all."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=dies_with_parent())

    def log(self, name: str) -> Path:
        return self.home.logs / f"{name}.log"

    def refuse_if_dead(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Refusal(f"The {name} process ended by itself: its reasons are in {self.log(name)}.")

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def step(name: str, detail: str = "") -> Iterator[None]:
    print(f"  {name:<24}", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(detail or f"{time.monotonic() - started:5.1f} s", flush=True)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refusal(f"Port {port} is taken or not allowed: choose another with PORT=8001 make demo.") from error


def wait_for_page(port: int, processes: Processes) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except OSError as error:
            processes.refuse_if_dead()
            if time.monotonic() > deadline:
                raise Refusal(f"The web process does not answer: its reasons are in {processes.log('web')}.") from error
            time.sleep(0.1)


def print_welcome(port: int, seconds: float) -> None:
    from portal.local.data import DEMO_SLUGS

    print(f"\nKakehashi answers after {seconds:.1f} s. Ctrl-C stops it.\n")
    for slug in DEMO_SLUGS:
        print(f"  http://{slug}.localhost:{port}/")
    print(f"  http://localhost:{port}/                (all programmes)\n", flush=True)


def reset(home: Home) -> int:
    if home.path.exists():
        with home.lock():
            shutil.rmtree(home.path)
    print("The demo's data are gone. `make demo` starts afresh.")
    return 0
