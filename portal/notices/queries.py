"""Reads of the board and of mailings: what a person finds there, whom a mailing would go to, how far one is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.files.models import StoredFile
from portal.notices.models import (
    Announcement,
    AnnouncementQuerySet,
    AnnouncementReading,
    Genre,
    Mailing,
    MailReading,
    Subscription,
)
from portal.outbox.models import OutgoingMail
from portal.outbox.states import OPEN, State
from portal.outbox.writing import write
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.queries import with_a_row
from portal.web.registry import Address, Receiver, mail_segments


def public_board(now: datetime) -> "QuerySet[Announcement]":
    return Announcement.objects.public().shown_at(now)


def public_addresses() -> Iterator[Address]:
    """The pages of this app that everybody may read, for search engines."""
    if current_programme().has(Feature.NEWS):
        yield Address(reverse("news:board"))
        for one in public_board(timezone.now()):
            yield Address(reverse("news:announcement", args=[one.pk]), one.changed_at)


def groups_of(actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """The groups in which this person is, of those that something on the board is for: two queries, however many."""
    shown = Announcement.objects.shown_at(now).filter(audience=Announcement.Audience.SEGMENT)
    groups = shown.order_by().values_list("segment", "choice").distinct()
    asked = {
        (name, choice): mail_segments[name].rows_of(choice, actor.user)
        for name, choice in groups
        if name in mail_segments
    }
    return list(with_a_row(asked))


def is_in_segment(actor: Actor, segment: str, choice: str) -> bool:
    return segment in mail_segments and mail_segments[segment].has(choice, actor.user)


def board_of(actor: Actor, now: datetime) -> AnnouncementQuerySet:
    """Everything for this person, each with `is_unread`."""
    read = AnnouncementReading.objects.filter(announcement=OuterRef("pk"), user=actor.user)
    return Announcement.objects.shown_at(now).for_partner(groups_of(actor, now)).annotate(is_unread=~Exists(read))


def files_of(announcement: Announcement) -> list[StoredFile]:
    return list(StoredFile.objects.of(announcement, Announcement.ATTACHMENT))


def may_see_attachment(actor: Actor, announcement: Any) -> bool:
    """Whoever may read the announcement now; staff always."""
    if actor.is_staff():
        return True
    if not announcement.is_shown_at(timezone.now()) or not current_programme().has(Feature.NEWS):
        return False
    match announcement.audience:
        case Announcement.Audience.PUBLIC:
            return True
        case Announcement.Audience.PARTNERS:
            return actor.is_member()
        case _:
            return actor.is_member() and is_in_segment(actor, announcement.segment, announcement.choice)


def mails_on_board(actor: Actor) -> "QuerySet[OutgoingMail]":
    """The mailings that were for this person, each with `is_unread`: whoever lost the mail, or could not be reached,
    reads it here, after a change of address too.
    """
    read = MailReading.objects.filter(mail=OuterRef("pk"), user=actor.user)
    theirs = Q(user=actor.user) | Q(user=None, to=actor.user.email)
    done = OutgoingMail.objects.filter(theirs, message="notices.mailing", state__in=[State.SENT, State.FAILED])
    return done.annotate(is_unread=~Exists(read)).order_by("-created_at", "-id")


def with_words(mails: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    """What did not go out was not kept in words: it is written once more. What is not wanted any more is left out."""
    mails = list(mails)
    fetch([mail for mail in mails if not mail.text])
    return [mail for mail in mails if mail.text or _write(mail)]


def _write(mail: OutgoingMail) -> bool:
    words = write(mail).words
    if words:
        mail.subject, mail.text = words.subject, words.text
    return words is not None


def note_reading(announcement: Announcement, actor: Actor) -> None:
    """Like the record of a view: the one thing that a GET may write."""
    AnnouncementReading.objects.get_or_create(announcement=announcement, user=actor.user)


def note_reading_of_mail(mail: OutgoingMail, actor: Actor) -> None:
    MailReading.objects.get_or_create(mail=mail, user=actor.user)


def card_of(actor: Actor) -> dict[str, Any]:
    """The newest on My Page, and how much is unread."""
    board = board_of(actor, timezone.now())
    read = MailReading.objects.filter(user=actor.user).values("mail")
    unread = board.unread_by(actor.user).count() + mails_on_board(actor).exclude(pk__in=read).count()
    return {"news": list(board[:3]), "unread": unread}


def receivers_of(mailing: Mailing) -> Sequence[Receiver]:
    """Each address once, as of now; of a newsletter only those who asked for it."""
    found = mail_segments[mailing.segment].receivers(mailing.choice)
    once = list({receiver.address.lower(): receiver for receiver in reversed(found)}.values())[::-1]
    if mailing.genre is None:
        return once
    subscribers = set(Subscription.objects.running().filter(genre=mailing.genre).values_list("user__email", flat=True))
    return [receiver for receiver in once if receiver.address.lower() in subscribers]


@dataclass(frozen=True)
class Letter:
    """What one mail needs from the database."""

    mailing: Mailing | None
    subscription: Subscription | None = None

    @property
    def is_wanted(self) -> bool:
        """Whoever stopped a newsletter while it waited gets no more of it."""
        return self.mailing is not None and (self.mailing.genre is None or self.subscription is not None)


def fetch(mails: Sequence[OutgoingMail]) -> None:
    """Two queries for a whole batch, one where nobody subscribes."""
    mailings = Mailing.objects.select_related("genre").in_bulk({mail.data.get("mailing") for mail in mails})
    genres = {found.genre_id for found in mailings.values() if found.genre_id}
    subscriptions: dict[tuple[int | None, int | str], Subscription] = {}
    if genres:
        people = Q(user__in={mail.user_id for mail in mails}) | Q(user__email__in={mail.to.lower() for mail in mails})
        for one in Subscription.objects.running().filter(people, genre__in=genres).select_related("user"):
            subscriptions |= {(one.genre_id, one.user_id): one, (one.genre_id, one.user.email): one}
    for mail in mails:
        found = mailings.get(mail.data.get("mailing"))
        key = (found.genre_id if found else None, mail.user_id or mail.to.lower())
        mail.fetched = Letter(found, subscriptions.get(key))


def genres_for(user: Any) -> list[Genre]:
    """What may be asked for, and what this person gets still, each with `is_chosen`. One query."""
    running = Subscription.objects.of(user).filter(genre=OuterRef("pk"))
    genres = Genre.objects.annotate(is_chosen=Exists(running))
    return list(genres.filter(Q(is_offered=True) | Q(is_chosen=True)))


def offered_genres() -> list[Genre]:
    """What somebody may ask for who is nobody here yet."""
    if not current_programme().has(Feature.NEWS):
        return []
    return list(Genre.objects.filter(is_offered=True))


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
    return progress_by_mailing([mailing])[mailing.pk]


def progress_by_mailing(mailings: Iterable[Mailing]) -> dict[int, Progress]:
    """One query for all, by the index of what a mail is about."""
    counts: dict[str, dict[State, int]] = {str(mailing.pk): {} for mailing in mailings}
    mails = OutgoingMail.objects.filter(about_type=Mailing._meta.label_lower, about_id__in=counts)
    for key, state, count in mails.order_by().values_list("about_id", "state").annotate(Count("id")):
        counts[key][State(state)] = count
    return {int(key): _progress(found) for key, found in counts.items()}


def _progress(counts: Mapping[State, int]) -> Progress:
    return Progress(
        total=sum(counts.values()),
        sent=counts.get(State.SENT, 0),
        failed=counts.get(State.FAILED, 0),
        waiting=sum(counts.get(state, 0) for state in OPEN),
        cancelled=counts.get(State.CANCELLED, 0),
    )
