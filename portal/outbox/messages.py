"""The named messages that apps send. An app registers its own in `ready()` of its apps.py.

A message is three templates below templates/mail/ and a function that says what stands in them. It is asked when the
mail is sent, in the receiver's language: what has changed since is right, and a secret is never stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.web.registry import Registry

if TYPE_CHECKING:
    from portal.outbox.models import OutgoingMail


class Priority(models.IntegerChoices):
    """Smaller goes first."""

    SIGN_IN = 0, _("ログイン")
    PERSONAL = 1, _("個別の連絡")
    BULK = 2, _("一斉送信")


@dataclass(frozen=True)
class Placeholder:
    """What staff may write into a text of their own for this message: 「{氏名}」."""

    name: str
    # Where its value stands in the message's context, and how it is shown: "application.sent_at|moment".
    source: str
    # The mail would be of no use without it.
    is_required: bool = False


def may(name: str, source: str) -> Placeholder:
    return Placeholder(name, source)


def must(name: str, source: str) -> Placeholder:
    """Without which the mail would be of no use."""
    return Placeholder(name, source, is_required=True)


@dataclass(frozen=True)
class Message:
    # "accounts.sign_in": templates/mail/accounts/sign_in.subject.txt, .txt and .html
    name: str
    # What officers read.
    label: str | Promise
    priority: Priority
    # What the templates show; None means that the mail is no longer wanted.
    context: Callable[["OutgoingMail"], Mapping[str, Any] | None]
    # For bulk mail: what a batch needs from the database, asked at once and put into `mail.fetched` of each.
    fetch: Callable[[Sequence["OutgoingMail"]], None] | None = None
    # What was sent is not kept.
    secret: bool = False
    # No HTML and no web address: some mobile carriers drop mails with links.
    plain_only: bool = False
    placeholders: tuple[Placeholder, ...] = ()
    # Staff cannot put a text of their own in the place of this one.
    is_fixed: bool = False

    @property
    def path(self) -> str:
        return f"mail/{self.name.replace('.', '/')}"


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


messages: Registry[Message] = Registry("Messages")


def register(*entries: Message) -> None:
    for message in entries:
        messages.register(message.name, message)
