"""A mail server for the measurements: a process that writes one line per mail. It may refuse a share of connections, take
no more than so many mails a second, and knows nobody whose address begins with `DEAD`.
"""

import asyncio
import os
import random
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.local.child import dies_with_parent

DEAD = "gone"
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Arrival:
    at: float
    to: str
    message_id: str


class MailServer:
    def __init__(self, folder: Path, refused_share: float = 0.0, mails_per_second: float = 0.0) -> None:
        self.record = folder / "arrivals"
        self.port = 0
        self.refused_share, self.mails_per_second = refused_share, mails_per_second

    def __enter__(self) -> Self:
        self.record.write_text("")
        self.start()
        return self

    def start(self) -> "subprocess.Popen[bytes]":
        """Also after it was killed: on the same port, with what it had received."""
        with socket.create_server(("127.0.0.1", self.port), backlog=100) as listener:
            self.port = listener.getsockname()[1]
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "bench.mail_server",
                    str(listener.fileno()),
                    self.record,
                    str(self.refused_share),
                    str(self.mails_per_second),
                ],
                pass_fds=[listener.fileno()],
                preexec_fn=dies_with_parent(),
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            )
        return self.process

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def arrivals(self) -> list[Arrival]:
        lines = self.record.read_text().splitlines()
        return [Arrival(float(at), to, name) for at, to, name in (line.split(" ", 2) for line in lines)]


class Recorder:
    def __init__(self, record: Path, mails_per_second: float) -> None:
        self.record = record.open("a", buffering=1)
        self.pause = 1 / mails_per_second if mails_per_second else 0.0
        self.free_at = 0.0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith(DEAD):
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        found = MESSAGE_ID.search(envelope.original_content or b"")
        name = found[1].decode() if found else "-"
        if self.pause:
            # One queue for all connections: more of them bring no mail through sooner.
            self.free_at = max(self.free_at, time.time()) + self.pause
            await asyncio.sleep(self.free_at - time.time())
        self.record.write(f"{time.time():.6f} {envelope.rcpt_tos[0]} {name}\n")
        return "250 OK"


class Connection(SMTP):
    refused_share = 0.0

    def connection_made(self, transport: Any) -> None:
        if random.random() < self.refused_share:
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.session is not None:  # None: hung up before a word was said
            super().connection_lost(error)


async def serve(descriptor: str, record: str, refused_share: str, mails_per_second: str) -> None:
    Connection.refused_share = float(refused_share)
    recorder = Recorder(Path(record), float(mails_per_second))
    listener = socket.socket(fileno=int(descriptor))
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(recorder, hostname="localhost"), sock=listener
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
