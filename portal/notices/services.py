"""Bulk mail under control: started once for exactly the receivers of that moment, stopped, resumed, ended, and sent
again only to those who did not get it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.notices.models import Mailing
from portal.notices.queries import progress_of, receivers_of
from portal.notices.states import TRANSITIONS, MailingState
from portal.outbox.services import cancel_rest, hold, queue_mail, queue_many, release, send_failures_again
from portal.web.access import Actor, StaffRole
from portal.web.registry import Receiver

START = "notices.start_mailing"


def why_not(mailing: Mailing, state: MailingState) -> str:
    """Empty if the mailing may come into this state; otherwise the reason, to be read by staff."""
    if state not in TRANSITIONS[MailingState(mailing.state)]:
        return _("いまは「%s」です。") % mailing.get_state_display()
    if state != MailingState.STARTED and progress_of(mailing).is_over:
        return _("すべて送り終えました。")
    return ""


@transaction.atomic
def start_mailing(*, mailing: Mailing, actor: Actor) -> int:
    """To everybody who is in the segment now; how many."""
    mailing = _locked(mailing, actor)
    if mailing.state != MailingState.DRAFT:
        raise ValidationError(_("いまは「%s」です。") % mailing.get_state_display())
    mailing.full_clean()
    receivers = receivers_of(mailing)
    if not receivers:
        raise ValidationError(_("送る相手がいません。"))
    mailing.started_at = timezone.now()
    count = queue_many(
        message="notices.mailing", receivers=((one.address, data_for(mailing, one)) for one in receivers), about=mailing
    )
    _enter(mailing, MailingState.STARTED, Action.MAILING_STARTED, actor, rows=count)
    return count


@transaction.atomic
def stop_mailing(*, mailing: Mailing, actor: Actor) -> None:
    mailing = _locked(mailing, actor)
    _refuse_unless_possible(mailing, MailingState.STOPPED)
    hold(about=mailing)
    _enter(mailing, MailingState.STOPPED, Action.MAILING_STOPPED, actor)


@transaction.atomic
def resume_mailing(*, mailing: Mailing, actor: Actor) -> None:
    mailing = _locked(mailing, actor)
    if mailing.state != MailingState.STOPPED:
        raise ValidationError(_("いまは「%s」です。") % mailing.get_state_display())
    release(about=mailing)
    _enter(mailing, MailingState.STARTED, Action.MAILING_RESUMED, actor)


@transaction.atomic
def cancel_mailing(*, mailing: Mailing, actor: Actor, reason: str) -> None:
    mailing = _locked(mailing, actor)
    _refuse_unless_possible(mailing, MailingState.CANCELLED)
    count = cancel_rest(about=mailing)
    _enter(mailing, MailingState.CANCELLED, Action.MAILING_CANCELLED, actor, rows=count, reason=reason)


@transaction.atomic
def resend_failures(*, mailing: Mailing, actor: Actor) -> int:
    mailing = _locked(mailing, actor)
    count = send_failures_again(about=mailing)
    if not count:
        raise ValidationError(_("もう一度送れるメールはありません。"))
    record_event(action=Action.MAILING_SENT_AGAIN, subject=mailing, actor=actor.user, changes={"rows": (None, count)})
    return count


@transaction.atomic
def send_trial(*, mailing: Mailing, actor: Actor) -> None:
    """To whoever asks, with the words of the first receiver, or made-up ones."""
    if not actor.is_staff(StaffRole.OFFICER):
        raise PermissionDenied
    data = data_for(mailing, next(iter(receivers_of(mailing)), example()))
    key = f"trial:{mailing.pk}:{actor.user.pk}:{timezone.now():%Y%m%d%H%M%S%f}"
    queue_mail(message="notices.trial", to=actor.user.email, dedupe_key=key, data=data)


def carry_out_start(*, subject_id: str, data: Mapping[str, Any], actor: Actor) -> None:
    """For the second approver."""
    start_mailing(mailing=Mailing.objects.get(pk=subject_id), actor=actor)


def example() -> Receiver:
    return Receiver("", _("見本 花子"), _("株式会社みほん"))


def data_for(mailing: Mailing, receiver: Receiver) -> dict[str, Any]:
    return {"mailing": mailing.pk, "name": receiver.name, "organisation": receiver.organisation}


def _locked(mailing: Mailing, actor: Actor) -> Mailing:
    if not actor.is_staff(StaffRole.OFFICER):
        raise PermissionDenied
    return Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)


def _refuse_unless_possible(mailing: Mailing, state: MailingState) -> None:
    if reason := why_not(mailing, state):
        raise ValidationError(reason)


def _enter(
    mailing: Mailing, state: MailingState, action: Action, actor: Actor, rows: int | None = None, reason: str = ""
) -> None:
    changes: dict[str, tuple[Any, Any]] = {"state": (mailing.state, state)}
    if rows is not None:
        changes["rows"] = (None, rows)
    mailing.state = state
    mailing.save()
    record_event(action=action, subject=mailing, actor=actor.user, changes=changes, reason=reason)
