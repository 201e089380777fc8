"""Staff's own texts: put in use, taken back, looked at and tried. How one is filled in stands in rendering.py."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.messages import Message, Priority, messages
from portal.outbox.models import MailText, OutgoingMail
from portal.outbox.placeholders import example, fill
from portal.outbox.rendering import Content, NotForThisReceiver, Words, in_own_words, render_mail, to_go_on_from
from portal.outbox.services import queue_mail
from portal.web.access import Actor, StaffRole


@transaction.atomic
def start_text(*, text: MailText, actor: Actor) -> None:
    """From the next mail on. The one that was in use before ends, and stays as it was."""
    text = _locked(text, actor, StaffRole.APPROVER)
    if text.is_in_use:
        raise ValidationError(_("いま使っている文面です。"))
    text.full_clean()
    MailText.objects.filter(message=text.message, language=text.language).update(is_in_use=False)
    text.is_in_use, text.used_since = True, timezone.now()
    text.save()
    record_event(action=Action.MAIL_TEXT_STARTED, subject=text, actor=actor.user, changes={"is_in_use": (False, True)})


@transaction.atomic
def end_text(*, text: MailText, actor: Actor) -> None:
    text = _locked(text, actor, StaffRole.APPROVER)
    if not text.is_in_use:
        raise ValidationError(_("使っていない文面です。"))
    text.is_in_use = False
    text.save()
    record_event(action=Action.MAIL_TEXT_ENDED, subject=text, actor=actor.user, changes={"is_in_use": (True, False)})


@transaction.atomic
def send_text_trial(*, text: MailText, actor: Actor) -> None:
    """To whoever asks, with the values of the latest receiver of this message, or made-up ones."""
    if not actor.is_staff(StaffRole.OFFICER):
        raise PermissionDenied
    shown = latest_receivers(text).first()
    data = {"text": text.pk, "mail": shown and shown.pk, "is_trial": True}
    key = f"text-trial:{text.pk}:{actor.user.pk}:{timezone.now():%Y%m%d%H%M%S%f}"
    queue_mail(message=TRIAL.name, to=actor.user.email, dedupe_key=key, data=data, language=text.language)


def latest_receivers(text: MailText) -> Any:
    """Mails of this message, the newest first: on whom a text can be seen."""
    return OutgoingMail.objects.filter(message=text.message, language=text.language).order_by("-id")


def preview(text: MailText, shown: OutgoingMail | None) -> Words | None:
    """As a receiver would read it, with the frame around it."""
    data = {"text": text.pk, "mail": shown and shown.pk}
    return render_mail(OutgoingMail(message=TRIAL.name, language=text.language, data=data))


def trial(mail: OutgoingMail) -> Mapping[str, Any] | None:
    text = MailText.objects.filter(pk=mail.data["text"]).first()
    if text is None or text.message not in messages:
        return None
    shown = latest_receivers(text).filter(pk=mail.data["mail"]).first()
    try:
        content = _content_for(text, messages[text.message], shown)
    except NotForThisReceiver as reason:
        content = Content(text.subject, str(reason), None)
    return {"own_subject": content.subject, "text": content.text, "is_trial": mail.data.get("is_trial")}


def _content_for(text: MailText, message: Message, shown: OutgoingMail | None) -> Content:
    """What only the receiver may see (links and numbers that let in) is never worked out here."""
    given = _context_of(message, shown) if shown else None
    if given is not None and not message.secret:
        return in_own_words(text, message, given)
    made_up = tuple(
        one if given is not None and not one.is_required else replace(one, source=f'"{example(one.name)}"')
        for one in message.placeholders
    )
    whole = fill(to_go_on_from(message), example)
    return in_own_words(text, replace(message, placeholders=made_up), given or {}, whole=whole)


def _context_of(message: Message, shown: OutgoingMail) -> Mapping[str, Any] | None:
    """Asked without consequences: what a message queues instead of itself is not queued."""
    with transaction.atomic():
        given = message.context(shown)
        transaction.set_rollback(True)
    return given


def _locked(text: MailText, actor: Actor, least: StaffRole) -> MailText:
    if not actor.is_staff(least):
        raise PermissionDenied
    return MailText.objects.select_for_update(of=("self",)).get(pk=text.pk)


# With it staff see a text before anybody else does.
TRIAL = Message("outbox.trial", gettext_lazy("文面の試し送り"), Priority.PERSONAL, trial, is_fixed=True)
