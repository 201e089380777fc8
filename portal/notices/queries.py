"""Reads of mailings: whom one would go to, and how far one is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from portal.notices.models import Mailing
from portal.outbox.models import OutgoingMail
from portal.outbox.states import OPEN, State
from portal.web.registry import Receiver, mail_segments


def receivers_of(mailing: Mailing) -> Sequence[Receiver]:
    """Each address once, as of now."""
    found = mail_segments[mailing.segment].receivers(mailing.choice)
    return list({receiver.address.lower(): receiver for receiver in reversed(found)}.values())[::-1]


@dataclass(frozen=True)
class Progress:
    total: int
    sent: int
    failed: int
    waiting: int
    cancelled: int

    @property
    def is_over(self) -> bool:
        return self.total > 0 and self.waiting == 0

    @property
    def done(self) -> int:
        return self.total - self.waiting


def progress_of(mailing: Mailing) -> Progress:
    """One query, by the index of what a mail is about."""
    rows = OutgoingMail.objects.about(mailing).order_by().values_list("state").annotate(Count("id"))
    counts = {State(state): count for state, count in rows}
    return Progress(
        total=sum(counts.values()),
        sent=counts.get(State.SENT, 0),
        failed=counts.get(State.FAILED, 0),
        waiting=sum(counts.get(state, 0) for state in OPEN),
        cancelled=counts.get(State.CANCELLED, 0),
    )
