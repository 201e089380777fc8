"""Asking, writing again, answering, closing. Each step locks the inquiry's row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.inquiries.models import Inquiry, InquiryKind, InquiryMessage
from portal.inquiries.queries import SLOT, newest_in
from portal.inquiries.rules import LONGEST_ANSWER, LONGEST_QUESTION, length, may_see
from portal.inquiries.states import TRANSITIONS, InquiryState
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, open_days_after
from portal.web.models import OnBehalf
from portal.web.receipts import next_receipt
from portal.web.steps import state_now


@dataclass(frozen=True)
class Asker:
    """Who asks, as the office addresses them."""

    name: str
    email: str
    organisation: str = ""
    phone: str = ""
    language: str = "ja"


class NewerText(ValidationError):
    """Something was written in the thread since its page was shown."""


@transaction.atomic
def send_inquiry(
    *,
    form_key: UUID,
    kind: InquiryKind,
    asker: Asker,
    text: str,
    actor: Actor,
    answers: Sequence[tuple[str, str]] = (),
    files: Sequence[StoredFile] = (),
    on_behalf: OnBehalf | None = None,
    partner_id: int | None = None,
    now: datetime | None = None,
) -> Inquiry:
    """Pressed twice, it is sent once: the same form gives the inquiry that exists.

    `on_behalf` says how it came in that staff enter; `partner_id` is then whose person it was, and `now` when it came.
    """
    if on_behalf:
        only_staff(actor)
    now = now or timezone.now()
    _check_length(text, LONGEST_QUESTION)
    # Behind the kind's lock no receipt is given twice, and the second press of a button waits for the first.
    list(InquiryKind.objects.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    if sent := Inquiry.objects.filter(form_key=form_key).first():
        return sent
    if not kind.is_open:
        raise ValidationError(_("この種類のお問い合わせは、今は受け付けていません。"))
    place = None if on_behalf else actor.membership
    by = open_days_after(timezone.localdate(now), kind.answer_days, ORDINARY_CLOSED_DAYS)
    inquiry = Inquiry.objects.create(
        form_key=form_key,
        receipt=next_receipt(Inquiry.objects.all(), timezone.localdate(now), "Q"),
        kind=kind,
        user=actor.user if place else None,
        partner_id=place.partner_id if place else partner_id,
        answers=[list(pair) for pair in answers],
        sent_at=now,
        waiting_since=now,
        answer_by=by,
        first_answer_by=by,
        **vars(asker),
        **(on_behalf.marks(actor.user) if on_behalf else {}),
    )
    _write(inquiry, text=text, files=files, actor=actor, is_answer=False, now=now)
    _tell(inquiry, "inquiries.received", inquiry.email, inquiry.language)
    if on_behalf:
        _record_entry(inquiry, actor)
        return inquiry
    record_event(action=Action.INQUIRY_SENT, subject=inquiry, actor=actor.user if place else None)
    _tell(inquiry, "inquiries.for_office", current_programme().email)
    return inquiry


@transaction.atomic
def write_again(
    *,
    form_key: UUID,
    inquiry: Inquiry,
    text: str,
    actor: Actor,
    files: Sequence[StoredFile] = (),
    now: datetime | None = None,
) -> None:
    """By whoever asked; without an actor, by the holder of the mailed link. A closed inquiry is open again.

    Pressed twice, it is written once.
    """
    now = now or timezone.now()
    inquiry = _locked(inquiry)
    if not inquiry.is_public and not (actor.membership and may_see(actor, inquiry)):
        raise PermissionDenied
    if inquiry.messages.filter(form_key=form_key).exists():
        return
    _check_length(text, LONGEST_QUESTION)
    before = inquiry.state
    _enter(inquiry, InquiryState.WAITING, now)
    if before != InquiryState.WAITING:
        inquiry.waiting_since = now
        days = inquiry.kind.answer_days
        inquiry.answer_by = open_days_after(timezone.localdate(now), days, ORDINARY_CLOSED_DAYS)
    inquiry.save()
    _write(inquiry, text=text, files=files, actor=actor, is_answer=False, now=now, form_key=form_key)
    _record(Action.INQUIRY_CONTINUED, inquiry, before, None if inquiry.is_public else actor)
    _tell(inquiry, "inquiries.for_office", current_programme().email)


@transaction.atomic
def answer_inquiry(
    *,
    inquiry: Inquiry,
    text: str,
    actor: Actor,
    files: Sequence[StoredFile] = (),
    closes: bool = False,
    seen: int | None = None,
    form_key: UUID | None = None,
    now: datetime | None = None,
) -> None:
    """`seen` is the newest text that was read before answering: what came later is read first.

    Pressed twice, it is answered once.
    """
    only_staff(actor)
    now = now or timezone.now()
    inquiry = _locked(inquiry)
    if form_key and inquiry.messages.filter(form_key=form_key).exists():
        return
    if seen is not None and newest_in(inquiry) != seen:
        raise NewerText(
            _("入力しているあいだに、新しい書き込みがありました。やりとりを確かめて、もう一度送信してください。")
        )
    _check_length(text, LONGEST_ANSWER)
    before = inquiry.state
    inquiry.first_answered_at = inquiry.first_answered_at or now
    _enter(inquiry, InquiryState.ANSWERED, now)
    if closes:
        _enter(inquiry, InquiryState.CLOSED, now)
    inquiry.save()
    key = {"form_key": form_key} if form_key else {}
    _write(inquiry, text=text, files=files, actor=actor, is_answer=True, now=now, **key)
    _record(Action.INQUIRY_ANSWERED, inquiry, before, actor)
    _tell(inquiry, "inquiries.answered", inquiry.email, inquiry.language)


@transaction.atomic
def close_inquiry(*, inquiry: Inquiry, reason: str, actor: Actor) -> None:
    """Nothing more is to be done: it was settled by telephone, or was no question. Nobody is told."""
    only_staff(actor)
    inquiry = _locked(inquiry)
    before = inquiry.state
    _enter(inquiry, InquiryState.CLOSED, timezone.now())
    inquiry.save()
    _record(Action.INQUIRY_CLOSED, inquiry, before, actor, reason)


def mark_opened(*, inquiry: Inquiry, actor: Actor, newest: int) -> None:
    """Its page was shown up to that text: the mark of unread goes, for the staff or for whoever asked."""
    if actor.is_staff(StaffRole.OFFICER):
        Inquiry.objects.filter(pk=inquiry.pk, staff_saw__lt=newest).update(staff_saw=newest)
    elif inquiry.user_id and actor.user and inquiry.user_id == actor.user.pk:
        Inquiry.objects.filter(pk=inquiry.pk, asker_saw__lt=newest).update(asker_saw=newest)


def why_not(inquiry: Inquiry, state: InquiryState) -> str:
    """Empty if the inquiry may go there; otherwise the reason."""
    if inquiry.forgotten_at:
        return _("保存期間を過ぎたため、内容を消去しました。")
    if state in TRANSITIONS[InquiryState(inquiry.state)]:
        return ""
    return state_now(inquiry)


def _locked(inquiry: Inquiry) -> Inquiry:
    found: Inquiry = Inquiry.objects.select_for_update(of=("self",)).select_related("kind").get(pk=inquiry.pk)
    return found


def _enter(inquiry: Inquiry, state: InquiryState, now: datetime) -> None:
    if problem := why_not(inquiry, state):
        raise ValidationError(problem)
    inquiry.state = state
    inquiry.closed_at = now if state == InquiryState.CLOSED else None


def _check_length(text: str, most: int) -> None:
    if not text.strip():
        raise ValidationError({"text": _("入力してください。")})
    if (count := length(text)) > most:
        raise ValidationError(
            {
                "text": _("%(most)d文字以内で入力してください（今は%(count)d文字です）。")
                % {"most": most, "count": count}
            }
        )


def _write(
    inquiry: Inquiry,
    *,
    text: str,
    files: Sequence[StoredFile],
    actor: Actor,
    is_answer: bool,
    now: datetime,
    **more: UUID,
) -> None:
    author = actor.user if is_answer or not inquiry.is_public else None
    message = InquiryMessage.objects.create(
        inquiry=inquiry, is_answer=is_answer, author=author, text=text, at=now, **more
    )
    set_files(owner=message, slot=SLOT, files=files, actor=actor.user)


def _record(action: Action, inquiry: Inquiry, before: str, actor: Actor | None, reason: str = "") -> None:
    record_event(
        action=action,
        subject=inquiry,
        actor=actor.user if actor else None,
        changes={"state": (before, inquiry.state)},
        reason=reason,
    )


def _record_entry(inquiry: Inquiry, actor: Actor) -> None:
    """What staff have typed themselves is nothing new to them."""
    inquiry.staff_saw = newest_in(inquiry)
    inquiry.save()
    record_event(
        action=Action.INQUIRY_ENTERED,
        subject=inquiry,
        actor=actor.user,
        changes={"entered_through": (None, inquiry.entered_through)},
        reason=inquiry.entered_because,
    )


def _tell(inquiry: Inquiry, message: str, to: str, language: str = "ja") -> None:
    """Once for each text of the thread; not to somebody who gave no address."""
    if not to:
        return
    key: Any = f"{message}:{inquiry.pk}:{inquiry.messages.count()}"
    queue_mail(message=message, to=to, dedupe_key=key, language=language, about=inquiry)
