"""Reads of the board and of mailings: what a person finds there, whom a mailing would go to, how far one is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.notices.models import Announcement, AnnouncementReading, Mailing
from portal.outbox.models import OutgoingMail
from portal.outbox.states import OPEN, State
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.registry import Address, Receiver, mail_segments


def public_board(now: datetime) -> "QuerySet[Announcement]":
    return Announcement.objects.public().shown_at(now)


def public_addresses() -> Iterator[Address]:
    """The pages of this app that everybody may read, for search engines."""
    if current_programme().has(Feature.NEWS):
        yield Address(reverse("news:board"))
        for one in public_board(timezone.now()):
            yield Address(reverse("news:announcement", args=[one.pk]), one.changed_at)


def board_of(actor: Actor, now: datetime) -> "QuerySet[Announcement]":
    """Everything for partners, each with `is_unread`."""
    read = AnnouncementReading.objects.filter(announcement=OuterRef("pk"), user=actor.user)
    return Announcement.objects.shown_at(now).annotate(is_unread=~Exists(read))


def mails_on_board(actor: Actor) -> "QuerySet[OutgoingMail]":
    """The mailings that went to this person: whoever lost the mail reads it here."""
    sent = OutgoingMail.objects.filter(to__iexact=actor.user.email, message="notices.mailing", state=State.SENT)
    return sent.order_by("-created_at", "-id")


def note_reading(announcement: Announcement, actor: Actor) -> None:
    """Like the record of a view: the one thing that a GET may write."""
    AnnouncementReading.objects.get_or_create(announcement=announcement, user=actor.user)


def card_of(actor: Actor) -> dict[str, Any]:
    """The newest on My Page. Two queries."""
    now = timezone.now()
    return {
        "news": list(board_of(actor, now)[:3]),
        "unread": Announcement.objects.shown_at(now).unread_by(actor.user).count(),
    }


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
