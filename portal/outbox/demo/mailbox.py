"""The demo's mailbox: one folder per sender below PORTAL_HOME/mail, one file per mail. portal/local/mail_sink.py fills
it, the pages beside this file show it. Nothing here needs Django."""

import email.policy
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path

PARSER = BytesParser(policy=email.policy.default)


@dataclass(frozen=True)
class KeptMail:
    # Nanoseconds of its arrival, then chance: sorts by time.
    name: str
    source: bytes

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, UTC)

    @cached_property
    def message(self) -> EmailMessage:
        return PARSER.parsebytes(self.source)

    @property
    def to(self) -> str:
        return ", ".join(self.message.get_all("Delivered-To", []))

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except LookupError:  # a character set that nobody knows
            return bytes(part.get_payload(decode=True)).decode(errors="replace")


class Mailbox:
    """What one sender has sent, newest first."""

    def __init__(self, mail: Path, sender: str) -> None:
        self.folder = mail / re.sub(r"[^a-z0-9@._-]", "_", sender.lower()).lstrip(".")
        self.unfinished = mail / "tmp"

    def keep(self, source: bytes, sender: str, receivers: Sequence[str]) -> str:
        """Complete in tmp/, then renamed: nobody ever reads half a mail."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {receiver}" for receiver in receivers)]
        for folder in (self.folder, self.unfinished):
            folder.mkdir(parents=True, exist_ok=True)
        (self.unfinished / name).write_bytes("".join(f"{line}\r\n" for line in envelope).encode() + source)
        os.replace(self.unfinished / name, self.folder / name)
        return name

    def newest(self, most: int) -> Iterator[KeptMail]:
        names = sorted(os.listdir(self.folder), reverse=True) if self.folder.exists() else []
        for name in names[:most]:
            yield KeptMail(name, (self.folder / name).read_bytes())

    def get(self, name: str) -> KeptMail | None:
        file = self.folder / name
        return KeptMail(name, file.read_bytes()) if file.exists() else None
