"""From a claimed mail to the bytes that go over the wire, one mail ahead of the sending."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext, override

from portal.outbox.addresses import envelope_address
from portal.outbox.messages import Priority, messages
from portal.outbox.mime import compose
from portal.outbox.models import MailProblem, OutgoingMail
from portal.outbox.queries import dead_among, texts_in_use
from portal.outbox.rendering import STANDARD_ONLY, Texts, Words, render_mail
from portal.outbox.states import State
from portal.tenancy.scope import current_programme

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """A mail in words and as bytes; without words it is no longer wanted, or `problem` says why there are none."""

    mail: OutgoingMail
    words: Words | None = None
    content: bytes = b""
    problem: str = ""


class Writer:
    """Writes the next mail while the mail server is busy with the one before."""

    def __init__(self, mails: Sequence[OutgoingMail]) -> None:
        self._mails = _fetched(mails)
        self._texts = texts_in_use({mail.message for mail in mails})
        self._dead = dead_among({mail.to.lower() for mail in mails if mail.priority == Priority.BULK})
        self._ahead: Written | Exception | None = None

    def write_ahead(self) -> None:
        """Raises nothing: what went wrong belongs to the mail whose turn comes next."""
        if self._ahead is None:
            try:
                self._ahead = self._written(mail) if (mail := next(self._mails, None)) else None
            except (OperationalError, InterfaceError) as error:
                self._ahead = error

    def _written(self, mail: OutgoingMail) -> Written:
        is_held = mail.priority == Priority.BULK and mail.to.lower() in self._dead
        return _held(mail) if is_held else write(mail, self._texts)

    def take(self) -> Written:
        self.write_ahead()
        written, self._ahead = self._ahead, None
        assert written is not None  # noqa: S101 - asked no more often than there are mails
        if isinstance(written, Exception):
            raise written
        return written


def _fetched(mails: Sequence[OutgoingMail]) -> Iterator[OutgoingMail]:
    """The mails of a batch; what their messages need is fetched when the first is asked for."""
    for name in dict.fromkeys(mail.message for mail in mails):
        if name in messages and (fetch := messages[name].fetch):
            try:
                fetch([mail for mail in mails if mail.message == name])
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                # One mail's data are wrong: each then asks for itself, and only that one fails.
                logger.exception("mails cannot be prepared together", extra={"facts": {"message": name}})
    yield from mails


def write(mail: OutgoingMail, texts: Texts = STANDARD_ONLY) -> Written:
    try:
        words = render_mail(mail, texts)
        if words and words.problem:
            _report(mail, words.problem)
        return Written(mail, words, as_bytes(mail, words) if words else b"")
    except (OperationalError, InterfaceError):
        raise  # The database is gone: that says nothing about this mail.
    except Exception as error:
        # Whatever is wrong with one message or its data stops only this mail; staff see it, and the log says where.
        logger.exception("mail cannot be written", extra={"facts": {"mail": mail.pk, "message": mail.message}})
        with override("ja"):
            return Written(mail, problem=gettext("文面を作れませんでした（%s）。") % type(error).__name__)


def _held(mail: OutgoingMail) -> Written:
    """Bulk mail that keeps coming to dead addresses makes receivers' servers distrust the sender."""
    with override("ja"):
        return Written(mail, problem=gettext("このアドレスには届かないため、一斉送信を見合わせました。"))


def _report(mail: OutgoingMail, problem: str) -> None:
    """It goes out in the standard text; staff see on the mail, and on the list of the day, that theirs did not do."""
    with override("ja"):
        answer = gettext("差し替えた文面を使えず、標準の文面で送りました（%s）。") % problem
    MailProblem.objects.create(mail=mail, state=State.SENDING, answer=answer)


def as_bytes(mail: OutgoingMail, words: Words) -> bytes:
    return compose(
        sender=(words.sender, envelope_address(current_programme().sender)),
        to=envelope_address(mail.to),
        subject=words.subject,
        message_id=mail.message_id,
        at=timezone.localtime(),
        text=words.text,
        html=words.html,
        unsubscribe=words.unsubscribe,
        attachments=[attachment.as_given for attachment in mail.attachments.all()],
    )
