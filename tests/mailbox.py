"""What somebody finds in the mailbox: the worker's part is done here, at once and in this process."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.outbox.messages import messages
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


@dataclass(frozen=True)
class Letter:
    message: str
    to: str
    subject: str
    text: str
    html: str

    @property
    def link(self) -> str:
        """The path of the first link that is ours."""
        found = re.search(r"https?://\S+?/(?:en/|easy/)?(?:sign-in|staff|address)/\S+", self.text)
        return urlsplit(found[0]).path if found else ""

    @property
    def code(self) -> str:
        found = re.search(r"^\d{6}$", self.text, re.MULTILINE)
        return found[0] if found else ""


def letters(programme: Programme, to: str = "", message: str = "") -> list[Letter]:
    """Everything that waited is delivered, the oldest first; then what has arrived so far."""
    with programme_scope(programme):
        while waiting := OutgoingMail.objects.filter(state=State.QUEUED).order_by("id").first():
            words = render_mail(waiting)
            waiting.state = State.SENT if words else State.CANCELLED
            if words:
                # Kept here for the test alone; a real worker keeps nothing of what is secret.
                waiting.data = waiting.data | {"_letter": [words.subject, words.text, words.html or ""]}
            waiting.save()
        sent = OutgoingMail.objects.filter(state=State.SENT).order_by("id")
        return [
            Letter(mail.message, mail.to, *mail.data["_letter"])
            for mail in sent
            if to in ("", mail.to) and message in ("", mail.message)
        ]


def is_secret(name: str) -> bool:
    return messages[name].secret
