"""Who is not reminded: a partner by the office's decision, a person by their own."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, only_staff
from renewals.models import DutyMail, Standing


@transaction.atomic
def silence(*, standing_id: int, reason: str, actor: Actor) -> None:
    """No reminder goes to this partner until the office lets them go again. Dates stay as they are."""
    only_staff(actor)
    standing = _locked(standing_id)
    if standing.is_silent:
        raise ValidationError(_("すでに止めています。"))
    if not reason.strip():
        raise ValidationError(_("理由を入力してください。"))
    standing.silent_because, standing.silent_by = reason.strip(), actor.user
    standing.save()
    record_event(action=Action.REMINDERS_STOPPED, subject=standing, actor=actor.user, reason=reason)


@transaction.atomic
def speak_again(*, standing_id: int, actor: Actor) -> None:
    only_staff(actor)
    standing = _locked(standing_id)
    if not standing.is_silent:
        raise ValidationError(_("お知らせは止めていません。"))
    standing.silent_because, standing.silent_by = "", None
    standing.look_again_on = timezone.localdate()
    standing.save()
    record_event(action=Action.REMINDERS_RESUMED, subject=standing, actor=actor.user)


def choose_duty_mail(*, wants: bool, actor: Actor) -> None:
    """One's own mail. Where nobody of a partner wants it, its owners get it all the same."""
    if actor.membership is None:
        raise PermissionDenied
    DutyMail.objects.update_or_create(member_id=actor.membership.member_id, defaults={"wants": wants})


def _locked(standing_id: int) -> Standing:
    standing: Standing = Standing.objects.select_for_update(of=("self",)).get(pk=standing_id)
    return standing
