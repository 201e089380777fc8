"""`make demo`: the whole portal in the foreground, from an empty folder to a page that answers."""

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from types import FrameType

from portal.local import processes
from portal.local.child import stop
from portal.local.environment import local_environment
from portal.local.home import Home, Refusal
from portal.local.postgres import Postgres
from portal.local.processes import Process
from portal.local.valkey import Valkey

START_SECONDS = 30
# How Celery ends a worker whose connection is gone.
LOST_REDIS = 1
# Of the ten seconds that stopping may take: the portal's own processes first, the servers below them after.
STOP_SECONDS = 4
WEB = ("--workers=2", "--preload", "--threads=4", "--graceful-timeout=3")


class Stopped(BaseException):
    """Somebody pressed Ctrl-C, or sent a signal."""


# What a signal raises may be swallowed by whatever library it interrupts; that it came is remembered here.
asked_to_stop = Event()


def run(home: Home, port: int) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_once)
    try:
        with ExitStack() as stack:
            portal = start_everything(home, port, stack)
            try:
                while True:
                    stop_if_asked()
                    time.sleep(0.5)
                    restart_worker(home, portal)
                    refuse_if_dead(home, portal)
            except Stopped:
                print("\nStopping …", flush=True)
    except Stopped:
        print("Stopped before it was ready. `make demo` goes on from there.", flush=True)
        return 130
    print(f"Stopped. The data stay in {home.path}.", flush=True)
    return 0


def stop_once(number: int, frame: FrameType | None) -> None:
    """The first signal stops; the next ones must not interrupt the stopping."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    asked_to_stop.set()
    raise Stopped


def stop_if_asked() -> None:
    if asked_to_stop.is_set():
        raise Stopped


def start_everything(home: Home, port: int, stack: ExitStack) -> dict[str, Process]:
    started = time.monotonic()
    with step("Data folder", str(home.path)):
        stack.enter_context(home.prepare().lock())
        listener = stack.enter_context(processes.listen(port))
        mail = stack.enter_context(processes.listen(0))
    with step("Postgres"):
        postgres = Postgres(home)
        stack.callback(postgres.stop)
        postgres.start()
    with step("Valkey"):
        valkey = Valkey(home)
        stack.callback(valkey.stop)
        valkey.start()
    os.environ.update(local_environment(home, postgres, valkey, "kakehashi", port, mail.getsockname()[1]))
    prepare_portal()
    portal: dict[str, Process] = {}
    stack.callback(stop_processes, portal)
    with step("Web"):
        portal["web"] = processes.start_web(listener, home.log("web"), *WEB)
        listener.close()
        wait_for_page(home, port, portal)
    # Nobody has to wait for these: the first page needs none of them.
    portal["mail"] = processes.start_mail_sink(mail, home.log("mail"), home.mail)
    mail.close()
    portal["worker"] = processes.start_worker(home.log("worker"))
    portal["beat"] = processes.start_beat(home.log("beat"), home.path / "beat-schedule")
    print_welcome(port, time.monotonic() - started)
    return portal


def prepare_portal() -> None:
    """Tables, static files and demo data, in this process: Django is imported once."""
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
        from portal.local.data import load_side_by_side

        load_side_by_side()


def restart_worker(home: Home, portal: dict[str, Process]) -> None:
    """A worker that has lost Redis ends (portal/settings.py); in production Docker or systemd starts it anew."""
    if portal["worker"].poll() == LOST_REDIS:
        portal["worker"] = processes.start_worker(home.log("worker"))


def refuse_if_dead(home: Home, portal: dict[str, Process]) -> None:
    for name, process in portal.items():
        if process.poll() is not None:
            raise Refusal(f"The {name} process ended by itself: its reasons are in {home.log(name)}.")


def stop_processes(portal: dict[str, Process]) -> None:
    for process in portal.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in portal.values():
        stop(process, signal.SIGTERM, max(0.1, deadline - time.monotonic()))


@contextmanager
def step(name: str, detail: str = "") -> Iterator[None]:
    stop_if_asked()
    print(f"  {name:<24}", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(detail or f"{time.monotonic() - started:5.1f} s", flush=True)


def wait_for_page(home: Home, port: int, portal: dict[str, Process]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
            return
        except OSError as error:
            refuse_if_dead(home, portal)
            if time.monotonic() > deadline:
                raise Refusal(f"The web process does not answer: its reasons are in {home.log('web')}.") from error
            time.sleep(0.1)


def print_welcome(port: int, seconds: float) -> None:
    from portal.local.data import DEMO_SLUGS

    print(f"\nKakehashi answers after {seconds:.1f} s. Ctrl-C stops it.\n")
    for slug in DEMO_SLUGS:
        print(f"  http://{slug}.localhost:{port}/")
    print(f"  http://localhost:{port}/                (all programmes)")
    print("\n  /demo/ of each lists people to sign in as; their mail arrives at /demo/mail/.\n", flush=True)


def reset(home: Home) -> int:
    home.remove()
    print("The demo's data are gone. `make demo` starts afresh.")
    return 0
