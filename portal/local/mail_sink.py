"""The demo's mail server: takes every mail over a real SMTP connection, and keeps it instead of sending it.

    python -m portal.local.mail_sink DESCRIPTOR FOLDER

The first is a socket that already listens: mails wait in its queue until this process is up.
"""

import asyncio
import signal
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.outbox.demo.mailbox import Mailbox

LARGEST_MAIL = 32 * 1024 * 1024


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        sender, content = envelope.mail_from or "nobody", envelope.original_content or b""
        return f"250 OK {Mailbox(self.folder, sender).keep(content, sender, envelope.rcpt_tos)}"


async def serve(listener: socket.socket, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(Keeper(folder), data_size_limit=LARGEST_MAIL, hostname="localhost"), sock=listener
    )
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    descriptor, name = sys.argv[1:]
    asyncio.run(serve(socket.socket(fileno=int(descriptor)), Path(name)))
