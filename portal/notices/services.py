"""Bulk mail under control: started once for exactly the receivers of that moment, stopped, resumed, ended, and sent
again only to those who did not get it. And what people ask for, and stop, by themselves.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.queries import users_at
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.notices.models import Genre, Mailing, Subscription
from portal.notices.queries import offered_genres, progress_of, receivers_of
from portal.notices.states import TRANSITIONS, MailingState
from portal.outbox.services import cancel_rest, hold, queue_mail, queue_many, release, send_failures_again
from portal.web.access import Actor, only_staff
from portal.web.registry import Receiver
from portal.web.steps import state_now

START = "notices.start_mailing"


def why_not(mailing: Mailing, state: MailingState) -> str:
    """Empty if the mailing may come into this state; otherwise the reason, to be read by staff."""
    if state not in TRANSITIONS[MailingState(mailing.state)]:
        return state_now(mailing)
    if state != MailingState.STARTED and progress_of(mailing).is_over:
        return _("すべて送り終えました。")
    return ""


def why_not_send_again(mailing: Mailing) -> str:
    """What was stopped or called off stays so, the failures too."""
    if mailing.state != MailingState.STARTED:
        return state_now(mailing)
    return "" if progress_of(mailing).failed else _("届かなかったメールはありません。")


@transaction.atomic
def start_mailing(*, mailing: Mailing, actor: Actor) -> int:
    """To everybody who is in the segment now, at once or from the time that was set; how many."""
    mailing = _locked(mailing, actor)
    if mailing.state != MailingState.DRAFT:
        raise ValidationError(state_now(mailing))
    mailing.full_clean()
    receivers = receivers_of(mailing)
    if not receivers:
        raise ValidationError(_("送る相手がいません。"))
    mailing.started_at = timezone.now()
    count = queue_many(
        message="notices.mailing",
        receivers=((one.address, data_for(mailing, one)) for one in receivers),
        about=mailing,
        people=users_at(one.address for one in receivers),
        due_at=mailing.send_from,
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
        raise ValidationError(state_now(mailing))
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
    if reason := why_not_send_again(mailing):
        raise ValidationError(reason)
    count = send_failures_again(about=mailing)
    if not count:
        raise ValidationError(_("もう一度送れるメールはありません。"))
    record_event(action=Action.MAILING_SENT_AGAIN, subject=mailing, actor=actor.user, changes={"rows": (None, count)})
    return count


@transaction.atomic
def send_trial(*, mailing: Mailing, actor: Actor) -> None:
    """To whoever asks, with the words of the first receiver, or made-up ones."""
    only_staff(actor)
    data = data_for(mailing, next(iter(receivers_of(mailing)), example()))
    key = f"trial:{mailing.pk}:{actor.user.pk}:{timezone.now():%Y%m%d%H%M%S%f}"
    queue_mail(message="notices.trial", to=actor.user.email, dedupe_key=key, data=data, language=actor.user.reads)


def carry_out_start(*, subject_id: str, data: Mapping[str, Any], actor: Actor) -> None:
    """For the second approver."""
    start_mailing(mailing=Mailing.objects.get(pk=subject_id), actor=actor)


@transaction.atomic
def choose_genres(*, actor: Actor, genres: Collection[Genre]) -> None:
    """From now on the person gets these, and no others. What was chosen already keeps its date."""
    if not actor.is_member():
        raise PermissionDenied
    # One at a time: two forms that are sent at once must not both begin the same subscription.
    User.objects.select_for_update(of=("self",)).get(pk=actor.user.pk)
    running = {one.genre_id: one for one in Subscription.objects.of(actor.user)}
    for genre in genres:
        if genre.pk not in running and genre.is_offered:
            _begin(genre, actor.user, timezone.now())
    for genre_id in running.keys() - {genre.pk for genre in genres}:
        end_subscription(subscription=running[genre_id], through=Subscription.Ended.MY_PAGE, user=actor.user)


@transaction.atomic
def begin_what_was_ticked(*, user: User, ticked: Collection[str], agreed_at: datetime, reason: str) -> None:
    """By the keys of genres on the registration form, of which some may be gone, or subscribed to in the meantime."""
    running = {one.genre_id for one in Subscription.objects.of(user)}
    for genre in offered_genres():
        if str(genre.pk) in ticked and genre.pk not in running:
            _begin(genre, user, agreed_at, reason)


def _begin(genre: Genre, user: Any, agreed_at: datetime, reason: str = "") -> None:
    fresh = Subscription.objects.create(genre=genre, user=user, began_at=agreed_at)
    changes = {"genre": (None, genre.name), "wording": (None, fresh.wording)}
    record_event(action=Action.SUBSCRIBED, subject=fresh, actor=user, changes=changes, reason=reason)


@transaction.atomic
def end_subscription(
    *, subscription: Subscription, through: Subscription.Ended, user: Any = None, reason: str = ""
) -> None:
    """Ended already, it stays as it is. Without a user: by whoever has the mail, which is all that RFC 8058 asks for."""
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    if subscription.ended_at is None:
        subscription.ended_at, subscription.ended_through = timezone.now(), through
        subscription.save(update_fields=["ended_at", "ended_through"])
        changes = {"genre": (subscription.genre.name, None), "through": (None, through)}
        record_event(action=Action.UNSUBSCRIBED, subject=subscription, actor=user, changes=changes, reason=reason)


def end_for_somebody(*, subscription: Subscription, actor: Actor, reason: str) -> None:
    """By staff, for a person who asks on the phone."""
    only_staff(actor)
    end_subscription(subscription=subscription, through=Subscription.Ended.STAFF, user=actor.user, reason=reason)


def example() -> Receiver:
    return Receiver("", _("見本 花子"), _("株式会社みほん"))


def data_for(mailing: Mailing, receiver: Receiver) -> dict[str, Any]:
    return {"mailing": mailing.pk, "name": receiver.name, "organisation": receiver.organisation}


def _locked(mailing: Mailing, actor: Actor) -> Mailing:
    only_staff(actor)
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
