"""What follows from reports: an address at which mail does not arrive is marked, and marked no more.

A mailbox that is gone counts at once, as does a complaint; other failures after several mails. The mark holds bulk mail
back (writing.py) and is told on screen. It ends when somebody proves to read mail there, gets another address, or staff
say why. Each programme marks by itself, and what ends the mark in one leaves that of another: there no mail goes to an
address that was left, and a new one is proved by the next sign-in by mail.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox import claims
from portal.outbox.messages import messages
from portal.outbox.models import DeadAddress, MailReport, OutgoingMail
from portal.outbox.reports import Finding, has_gone_code
from portal.outbox.states import Report, State
from portal.web.access import Actor, StaffRole

# So many mails in so many days that could not be delivered for reasons that may pass.
MOST_SOFT = 3
SOFT_DAYS = timedelta(days=30)


@transaction.atomic
def take_finding(*, finding: Finding, now: datetime | None = None) -> bool:
    """Of the current programme's mail; False if it is none of its mails."""
    mail = OutgoingMail.objects.filter(message_id=finding.message_id).first()
    if mail is None:
        return False
    _note(mail, finding.kind, key=finding.key, words=finding.words, at=finding.at or now or timezone.now())
    return True


@transaction.atomic
def record_refused(*, mail: OutgoingMail, answer: str, now: datetime) -> None:
    """Refused right away. That the mailbox is gone is believed only with its code: other refusals may be our own server's."""
    claims.record_failed(mail=mail, answer=answer, now=now)
    if has_gone_code(answer):
        _note(mail, Report.HARD, key=f"refused:{mail.pk}:{now.isoformat()}", words=answer, at=now)


@transaction.atomic
def note_opened(*, to: str, data: Mapping[str, Any], now: datetime | None = None) -> None:
    """The page that a mail leads to was shown. Like the record of a view: the one thing that a GET may write.

    Programs that check mail open pages too, so it proves that the mail arrived, not that somebody has read it.
    """
    for mail in OutgoingMail.objects.filter(to=to, data__contains=data, state=State.SENT):
        if not messages[mail.message].plain_only:
            _note(mail, Report.OPENED, key=f"opened:{mail.pk}", words="", at=now or timezone.now())


@transaction.atomic
def end_mark(*, dead: DeadAddress, actor: Actor, reason: str) -> None:
    """Staff know better, and say how."""
    if not actor.is_staff(StaffRole.OFFICER):
        raise PermissionDenied
    dead = DeadAddress.objects.select_for_update(of=("self",)).get(pk=dead.pk)
    if dead.ended_at:
        raise ValidationError(_("すでに解除しました。"))
    _end(dead, actor, reason)


@transaction.atomic
def address_is_read(*, address: str) -> None:
    """Somebody came in with what only a mail to this address carried. A complaint is another matter."""
    for dead in _marks_of(address).exclude(kind=Report.COMPLAINT):
        _end(dead, None, _("メールのリンクか番号でログインしました。"))


@transaction.atomic
def address_is_left(*, address: str) -> None:
    """Nobody is written to there any more: the person has another address."""
    for dead in _marks_of(address):
        _end(dead, None, _("別のアドレスに変わりました。"))


def _marks_of(address: str) -> "QuerySet[DeadAddress]":
    return DeadAddress.objects.now().filter(address=address.strip().lower()).select_for_update(of=("self",))


def _end(dead: DeadAddress, actor: Actor | None, reason: str) -> None:
    dead.ended_at = timezone.now()
    dead.save(update_fields=["ended_at"])
    record_event(action=Action.ADDRESS_ALIVE, subject=dead, actor=actor.user if actor else None, reason=reason)


def _note(mail: OutgoingMail, kind: Report, *, key: str, words: str, at: datetime) -> None:
    shown = {"mail": mail, "kind": kind, "at": at, "words": words[:500]}
    report, is_new = MailReport.objects.get_or_create(key=key, defaults=shown)
    if is_new and _is_dead(mail, kind):
        _mark(report)


def _is_dead(mail: OutgoingMail, kind: Report) -> bool:
    address = mail.to.strip().lower()
    ended = DeadAddress.objects.filter(address=address).aggregate(last=Max("ended_at"))["last"]
    if ended and mail.created_at < ended:
        return False  # A late report of what was settled since.
    if kind in (Report.HARD, Report.COMPLAINT):
        return True
    return kind == Report.SOFT and _soft_failures(address, ended) >= MOST_SOFT


def _soft_failures(address: str, since: datetime | None) -> int:
    """Mails that failed for passing reasons, since the last one of which we know that it arrived."""
    reports = MailReport.objects.filter(mail__to__iexact=address)
    arrived = reports.filter(kind__in=[Report.DELIVERED, Report.OPENED]).aggregate(last=Max("at"))["last"]
    begins = max(filter(None, [since, arrived, timezone.now() - SOFT_DAYS]))
    return reports.filter(kind=Report.SOFT, at__gt=begins).values("mail").distinct().count()


def _mark(report: MailReport) -> None:
    shown = {"kind": report.kind, "words": report.words, "mail": report.mail, "since": report.at}
    address = report.mail.to.strip().lower()
    dead, is_new = DeadAddress.objects.get_or_create(address=address, ended_at=None, defaults=shown)
    if is_new:
        record_event(action=Action.ADDRESS_DEAD, subject=dead, actor=None, changes={"kind": (None, report.kind)})
