"""Deciding that a mail is to be sent, once more, or not at all. Sending is portal/outbox/delivery.py, in a worker."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.addresses import Undeliverable, split_address
from portal.outbox.messages import Attachment, Priority, messages
from portal.outbox.models import MailAttachment, OutgoingMail, OutgoingMailQuerySet
from portal.outbox.states import OPEN, TRANSITIONS, State
from portal.tenancy.models import Language
from portal.tenancy.scope import current_programme_id
from portal.web.access import Actor, only_staff
from portal.web.nudges import NORMAL, URGENT, nudge_on_commit

DELIVER = "portal.outbox.tasks.deliver"
DELIVER_SIGN_IN = "portal.outbox.tasks.deliver_sign_in"
# In the dedupe key of a mail that staff sent once more.
AGAIN = "#"
COPIED = ("message", "priority", "to", "user", "domain", "language", "data", "about_type", "about_id")
LARGEST_ATTACHMENTS = 5 * 1024 * 1024


@transaction.atomic
def queue_mail(
    *,
    message: str,
    to: str,
    dedupe_key: str,
    data: Mapping[str, Any] | None = None,
    language: str = Language.JAPANESE,
    about: models.Model | None = None,
    attachments: Sequence[Attachment] = (),
    now: datetime | None = None,
) -> OutgoingMail:
    """Write the mail in the caller's transaction; it leaves when that is committed.

    The same `dedupe_key` gives the row that exists. An address that cannot be sent to does not stop the caller: the
    row is kept as failed, where staff see it. `data` says what the mail is about (ids), never a secret.
    """
    now = now or timezone.now()
    if sum(len(attachment.content) for attachment in attachments) > LARGEST_ATTACHMENTS:
        raise ValueError("The attachments of a mail are too large together.")
    priority = messages[message].priority
    mail, is_new = OutgoingMail.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "message": message,
            "priority": priority,
            "language": language if language in Language.values else Language.JAPANESE,
            "data": dict(data or {}),
            "about_type": about._meta.label_lower if about else "",
            "about_id": str(about.pk) if about else "",
            "created_at": now,
            "due_at": now,
            **_receiver(to, now),
        },
    )
    if is_new:
        MailAttachment.objects.bulk_create(MailAttachment(mail=mail, **vars(attachment)) for attachment in attachments)
        if mail.state == State.QUEUED:
            _nudge_worker(priority)
    return mail


@transaction.atomic
def queue_many(
    *,
    message: str,
    receivers: Iterable[tuple[str, Mapping[str, Any]]],
    about: models.Model,
    people: Mapping[str, Any],
    due_at: datetime | None = None,
) -> int:
    """A mail for each address, with its own data, about one thing; an address gets one, however often it is named.

    `people` are the users by their address, in whose language it is; whoever is none reads Japanese. They leave now, or
    from `due_at` on. Rows in a few statements: five thousand take about a second. The number of new ones.
    """
    now = timezone.now()
    shared = {
        "message": message,
        "priority": messages[message].priority,
        "about_type": about._meta.label_lower,
        "about_id": str(about.pk),
        "created_at": now,
        "due_at": due_at or now,
    }
    rows = {
        to.strip().lower(): OutgoingMail(
            dedupe_key=f"{message}:{about.pk}:{to.strip().lower()}"[:200],
            data=dict(data),
            user=(user := people.get(to.strip().lower())),
            language=user.reads if user else Language.JAPANESE,
            **shared,
            **_receiver(to, now),
        )
        for to, data in receivers
    }
    before = OutgoingMail.objects.about(about).count()
    OutgoingMail.objects.bulk_create(rows.values(), batch_size=1000, ignore_conflicts=True)
    _nudge_worker(messages[message].priority)
    return OutgoingMail.objects.about(about).count() - before


@dataclass(frozen=True)
class Letter:
    """One of many mails of the same kind, each about something else."""

    to: str
    dedupe_key: str
    data: Mapping[str, Any]
    about: models.Model
    language: str = Language.JAPANESE


@transaction.atomic
def queue_each(*, message: str, letters: Iterable[Letter], due_at: datetime | None = None) -> None:
    """As `queue_mail`, for a crowd: a few statements, however many letters. A key that exists keeps its row.

    They leave now, or from `due_at` on.
    """
    now = timezone.now()
    OutgoingMail.objects.bulk_create(
        (
            OutgoingMail(
                message=message,
                priority=messages[message].priority,
                dedupe_key=letter.dedupe_key[:200],
                data=dict(letter.data),
                language=letter.language,
                about_type=letter.about._meta.label_lower,
                about_id=str(letter.about.pk),
                created_at=now,
                due_at=due_at or now,
                **_receiver(letter.to, now),
            )
            for letter in letters
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    _nudge_worker(messages[message].priority)


@transaction.atomic
def hold(*, about: models.Model) -> None:
    """What has not gone out stays until it is released. What a worker has in hand at this moment may still arrive."""
    OutgoingMail.objects.about(about).filter(state__in=OPEN).locked().update(is_held=True)


@transaction.atomic
def release(*, about: models.Model) -> None:
    OutgoingMail.objects.about(about).filter(is_held=True).locked().update(is_held=False)
    _nudge_worker(Priority.BULK)


def cancel_rest(*, about: models.Model) -> int:
    """What waits or is held is never sent. What a worker has in hand at this moment may still arrive, and then counts
    as sent; what comes back from it stays cancelled."""
    return _cancel(OutgoingMail.objects.about(about))


def cancel_rest_to(*, address: str) -> int:
    """The same for all that would still go to one address."""
    return _cancel(OutgoingMail.objects.filter(to=address))


def follow(*, before: Any, user: Any) -> None:
    """What mailings brought goes along when a person comes back as another user."""
    OutgoingMail.objects.filter(user=before).update(user=user)


def send_failures_again(*, about: models.Model) -> int:
    """Only what was given up and can be sent to; never what arrived."""
    failures = OutgoingMail.objects.about(about).filter(state=State.FAILED).exclude(domain="")
    count = failures.update(state=State.QUEUED, due_at=timezone.now(), attempts=0, finished_at=None)
    _nudge_worker(Priority.BULK)
    return count


def why_not_send_again(mail: OutgoingMail) -> str:
    """Empty if staff may send it once more; otherwise the reason, to be read by them."""
    if messages[mail.message].secret:
        return _("ログインなどの案内は、ご本人にもう一度お申し込みいただきます。")
    if mail.state in (State.QUEUED, State.SENDING):
        return _("これから送られます。")
    if mail.state == State.CANCELLED:
        return _("取りやめたメールです。")
    return _unsendable(mail.to)


def why_not_cancel(mail: OutgoingMail) -> str:
    if mail.state == State.SENDING:
        return _("今、送っているところです。")
    return "" if State.CANCELLED in TRANSITIONS[State(mail.state)] else _("もう取りやめられません。")


@transaction.atomic
def send_again(*, mail: OutgoingMail, actor: Actor) -> OutgoingMail:
    """What was given up, or waits, goes at once; of what the server has taken, a new mail goes."""
    mail = _locked(mail, actor)
    if reason := why_not_send_again(mail):
        raise ValidationError(reason)
    before = mail.state
    if before == State.SENT:
        mail = _copy_of(mail)
    else:
        mail.state, mail.due_at, mail.attempts, mail.finished_at = State.QUEUED, timezone.now(), 0, None
        mail.save(update_fields=["state", "due_at", "attempts", "finished_at"])
    record_event(action=Action.MAIL_SENT_AGAIN, subject=mail, actor=actor.user, changes={"state": (before, mail.state)})
    _nudge_worker(mail.priority)
    return mail


@transaction.atomic
def cancel_mail(*, mail: OutgoingMail, actor: Actor, reason: str) -> OutgoingMail:
    mail = _locked(mail, actor)
    if refusal := why_not_cancel(mail):
        raise ValidationError(refusal)
    before, mail.state, mail.finished_at = mail.state, State.CANCELLED, timezone.now()
    mail.save(update_fields=["state", "finished_at"])
    changes = {"state": (before, mail.state)}
    record_event(action=Action.MAIL_CANCELLED, subject=mail, actor=actor.user, changes=changes, reason=reason)
    return mail


def _locked(mail: OutgoingMail, actor: Actor) -> OutgoingMail:
    only_staff(actor)
    return OutgoingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)


@transaction.atomic
def _cancel(mails: OutgoingMailQuerySet) -> int:
    waiting = mails.filter(state__in=OPEN).locked()
    return waiting.update(state=State.CANCELLED, lease=None, is_held=False, finished_at=timezone.now())


def _copy_of(mail: OutgoingMail) -> OutgoingMail:
    """The same words to the same receiver, as a mail of its own: a second copy of the first one may be dropped."""
    root = mail.dedupe_key.partition(AGAIN)[0]
    copies = OutgoingMail.objects.filter(dedupe_key__startswith=root + AGAIN)
    # Pressed twice, or by two: the one that is on its way is enough.
    if copies.filter(state__in=OPEN).exists():
        raise ValidationError(_("これから送られます。"))
    kept = {name: getattr(mail, name) for name in COPIED}
    copy = OutgoingMail.objects.create(dedupe_key=f"{root}{AGAIN}{copies.count() + 1}", **kept)
    MailAttachment.objects.bulk_create(
        MailAttachment(mail=copy, **vars(attachment.as_given)) for attachment in mail.attachments.all()
    )
    return copy


def _nudge_worker(priority: int) -> None:
    if priority == Priority.SIGN_IN:
        nudge_on_commit(DELIVER_SIGN_IN, current_programme_id(), priority=URGENT)
    else:
        nudge_on_commit(DELIVER, current_programme_id(), priority=NORMAL)


def _unsendable(to: str) -> str:
    try:
        split_address(to)
    except Undeliverable as problem:
        return str(problem)
    return ""


def _receiver(to: str, now: datetime) -> dict[str, Any]:
    try:
        return {"to": to.strip(), "domain": split_address(to)[1]}
    except Undeliverable as problem:
        shown = "".join(character if character.isprintable() else "?" for character in to)[:320]
        return {"to": shown, "state": State.FAILED, "finished_at": now, "answer": str(problem)}
