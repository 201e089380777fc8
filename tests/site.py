"""The portal as a real site for tests: gunicorn on a port of its own, a database full of demo data, its own Valkey."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from portal.local.child import stop
from portal.local.environment import local_environment
from portal.local.home import Home
from portal.local.processes import Process, listen, start_web
from portal.local.valkey import Valkey
from portal.tenancy.models import near_hosts
from portal.web.kept import near_pages, near_parts
from tests import servers

DEMO_TEMPLATE = "kakehashi_demo"


@dataclass(frozen=True)
class Site:
    name: str
    port: int
    process: Process
    valkey: Valkey
    log: Path
    environment: dict[str, str]

    def get(self, path: str = "/", host: str = "kanagawa.localhost") -> tuple[int, str]:
        """Status and text, whatever the status is."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    def url(self, path: str = "/", host: str = "kanagawa.localhost") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def running_site(name: str, **environment: str) -> Iterator[Site]:
    name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with ExitStack() as stack:
        home = Home(servers.HOME.path / name).prepare()
        servers.postgres.create_database(name, template=demo_template())
        # The template's rows name files that were written beside it.
        shutil.copytree(servers.HOME.files, home.files, dirs_exist_ok=True)
        stack.callback(servers.postgres.drop_database, name)
        valkey = Valkey(home).start()
        stack.callback(valkey.stop)
        listener = stack.enter_context(listen(0))
        port = listener.getsockname()[1]
        own = (
            local_environment(home, servers.postgres, valkey, name, port)
            # The template's key: the authenticator apps of the demo's staff were written with it.
            | {"STATIC_FROM_SOURCE": "1", "LOG_LEVEL": "INFO", "SECRET_KEY": servers.HOME.secret_key()}
            | environment
        )
        process = start_web(listener, home.log("web"), "--threads=4", environment=own)
        stack.callback(stop, process, signal.SIGTERM, 10)
        listener.close()
        yield Site(name, port, process, valkey, home.log("web"), own)


def demo_template() -> str:
    """The template with the demo's data in it, made by the first worker that asks."""
    with (servers.HOME.path / "demo-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with servers.postgres.connect() as connection:
            made = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DEMO_TEMPLATE]).fetchone()
        if made is None:
            servers.postgres.create_database(f"{DEMO_TEMPLATE}_new", template=servers.TEMPLATE)
            load = "import django; django.setup(); from portal.local.data import load; load()"
            own = local_environment(servers.HOME, servers.postgres, servers.valkey, f"{DEMO_TEMPLATE}_new", 8000)
            subprocess.run([sys.executable, "-c", load], check=True, env=os.environ | own)
            with servers.postgres.connect() as connection:
                connection.execute(f"ALTER DATABASE {DEMO_TEMPLATE}_new RENAME TO {DEMO_TEMPLATE}".encode())
    return DEMO_TEMPLATE


def empty_caches() -> None:
    """What is kept belongs to the programmes of one database."""
    caches["platform"].clear()
    near_hosts.clear()
    near_pages.clear()
    near_parts.clear()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def served_here() -> Iterator[int]:
    """The port of the site served by this process, on this process's database."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()
