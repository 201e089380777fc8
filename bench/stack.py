"""The ground of a measurement: embedded servers of its own, filled, and web processes as in production."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from portal.local.child import stop
from portal.local.environment import local_environment
from portal.local.home import Home
from portal.local.postgres import Postgres
from portal.local.processes import listen, start_web
from portal.local.valkey import Valkey

WEB_PROCESSES = 2


@dataclass(frozen=True)
class Web:
    """A gunicorn with sync workers on a loopback port of its own."""

    address: tuple[str, int]
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """What its workers have used so far. Less shaken by the neighbours of a shared machine than the clock is."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == self.process.pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


class Stack:
    """`with Stack() as stack:` sets the environment and Django up in this process, as production would have them."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.home = Home(Path(tempfile.mkdtemp(prefix="kakehashi-bench-")))
            stack.callback(shutil.rmtree, self.home.path, ignore_errors=True)
            self.home.prepare()
            self.postgres = Postgres(self.home)
            stack.callback(self.postgres.stop)
            self.postgres.start()
            self.valkey = Valkey(self.home)
            stack.callback(self.valkey.stop)
            self.valkey.start()
            os.environ.update(
                local_environment(self.home, self.postgres, self.valkey, "kakehashi", port=8000)
                # Not the demo: HTTPS, secure cookies and finished static files, behind one proxy.
                | {"DEMO": "0", "TRUSTED_PROXIES": "1", "PORT_SUFFIX": "", "LOG_LEVEL": "WARNING"}
            )
            self._fill()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def _fill(self) -> None:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("translations", compile=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        from portal.local.data import load

        load()

    def start_web(self, application: str, processes: int = WEB_PROCESSES, **environment: str) -> Web:
        with listen(0) as listener:
            log = self.home.log(f"{application}-{listener.getsockname()[1]}")
            options = (f"--workers={processes}", "--worker-class=sync", "--log-level=warning")
            process = start_web(
                listener, log, *options, application=application, environment={"LOG_LEVEL": "INFO"} | environment
            )
            self._stack.callback(stop, process, signal.SIGTERM, 20)
            return Web(listener.getsockname(), process)
