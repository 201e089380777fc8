"""A real SMTP server for tests: it keeps what it receives, and answers as the test tells it to."""

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mail:
    sender: str
    to: str
    raw: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()  # type: ignore[union-attr, no-any-return]

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()  # type: ignore[union-attr, no-any-return]


@dataclass
class MailServer:
    received: list[Mail] = field(default_factory=list)
    connections: int = 0
    # What it says instead of "250 OK": by receiver, or at a stage of every mail.
    answers: dict[str, str] = field(default_factory=dict)
    # Which connections it hangs up at once, by their number from 1.
    hangs_up: Callable[[int], bool] = lambda number: False
    mails_per_connection: int = 0
    # The receiver at whose mail the connection breaks.
    breaks_at: str = ""
    # Called with each mail before it is kept.
    before_keeping: Callable[[Mail], None] = lambda mail: None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: "_Connection", session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        if self.mails_per_connection and server.mails == self.mails_per_connection:
            return "421 enough"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: "_Connection", session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: "_Connection", session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        if self.breaks_at in envelope.rcpt_tos:
            server.transport.abort()
        server.mails += 1
        mail = Mail(envelope.mail_from or "", envelope.rcpt_tos[0], envelope.original_content or b"", self.connections)
        self.before_keeping(mail)
        self.received.append(mail)
        return f"250 kept as {len(self.received)}"

    @property
    def receivers(self) -> list[str]:
        return [mail.to for mail in self.received]


class _Connection(SMTP):
    mails = 0

    def connection_made(self, transport: Any) -> None:
        handler = self.event_handler
        handler.connections += 1
        if handler.hangs_up(handler.connections):
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.session is not None:  # None: hung up before a word was said
            super().connection_lost(error)


@contextmanager
def running_mail_server() -> Iterator[tuple[MailServer, int]]:
    """The server, on a thread of its own, and its port."""
    server = MailServer()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opening = loop.create_server(lambda: _Connection(server, hostname="localhost"), sock=listener)
    asyncio.run_coroutine_threadsafe(opening, loop).result()
    try:
        yield server, port
    finally:
        asyncio.run_coroutine_threadsafe(_end_connections(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listener.close()
        loop.close()


async def _end_connections() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
