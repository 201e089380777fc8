"""The wire to the mail server, and what the server's answers mean.

- `Accepted`, `TryLater`, `Refused`: the server's word on one mail.
- `WireLost`: the server, or the way to it, failed; no mail is to blame.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from django.core.mail.backends.smtp import EmailBackend

GO_ON = 354
CLOSING = 421
TOO_LARGE = 552


@dataclass(frozen=True)
class Accepted:
    answer: str


@dataclass(frozen=True)
class TryLater:
    answer: str


@dataclass(frozen=True)
class Refused:
    answer: str


Act = Callable[[], None]
Outcome = Accepted | TryLater | Refused


class WireLost(Exception):
    """No connection to the mail server."""


class Wire:
    """One connection after another, as they are needed: of the settings (EMAIL_URL), with Django's rules for TLS."""

    def __init__(self) -> None:
        # Connections in a row that were lost before the server said a word about a mail.
        self.losses = 0
        self._backend = EmailBackend(fail_silently=False)

    def send(self, sender: str, to: str, content: bytes, *, before: Act, meanwhile: Act) -> Outcome:
        """`before` is done before the content goes out, `meanwhile` while the server has it and has not answered yet."""
        try:
            code, answer = self._begin(sender, len(content))
        except (smtplib.SMTPException, OSError) as error:
            # The server knows nothing of this mail yet.
            raise self._lost(type(error).__name__) from error
        if code == CLOSING:
            raise self._lost(_words(code, answer))
        try:
            outcome = self._hand_over(code, answer, to, content, before, meanwhile)
        except (smtplib.SMTPException, OSError) as error:
            # In the middle of this mail: perhaps it is the reason, so it steps back behind the others.
            self._hang_up()
            outcome = TryLater(type(error).__name__)
        self.losses = 0
        return outcome

    def close(self) -> None:
        """Says goodbye; a server that has gone is not waited for."""
        self._backend.fail_silently = True
        self._backend.close()

    def _begin(self, sender: str, size: int) -> tuple[int, bytes]:
        self._backend.open()
        smtp = self._smtp
        smtp.ehlo_or_helo_if_needed()
        return smtp.mail(sender, [f"size={size}"] if smtp.has_extn("size") else [])

    def _hand_over(self, code: int, answer: bytes, to: str, content: bytes, before: Act, meanwhile: Act) -> Outcome:
        if code // 100 != 2:
            # The sender is refused, which is a matter of settings and no reason to give up a mail; or it is too large.
            return self._not_now(code, answer, permanent=code == TOO_LARGE)
        code, answer = self._smtp.rcpt(to)
        if code // 100 != 2:
            return self._not_now(code, answer, permanent=code // 100 == 5)
        code, answer = self._smtp.docmd("DATA")
        if code == GO_ON:
            before()
            # Every line ends in CRLF already (mime.py); a dot at the beginning of one is doubled.
            self._smtp.send(content.replace(b"\n.", b"\n..") + b".\r\n")
            meanwhile()
            code, answer = self._smtp.getreply()
        if code // 100 != 2:
            return self._not_now(code, answer, permanent=code // 100 == 5)
        return Accepted(_words(code, answer))

    def _not_now(self, code: int, answer: bytes, *, permanent: bool) -> Outcome:
        if code == CLOSING:
            self._hang_up()
        else:
            self._smtp.rset()
        return (Refused if permanent else TryLater)(_words(code, answer))

    @property
    def _smtp(self) -> smtplib.SMTP:
        if self._backend.connection is None:
            raise smtplib.SMTPServerDisconnected
        return self._backend.connection

    def _hang_up(self) -> None:
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None

    def _lost(self, reason: str) -> WireLost:
        self._hang_up()
        self.losses += 1
        return WireLost(reason)


def _words(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"[:500].replace("\0", "")
