"""The platform's operators shut a person out, and let them in again; people choose the language of their mail. Nobody
is ever deleted: the record names them.
"""

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.sessions import end_session
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.models import Language
from portal.web.access import Actor


def why_not_disable(user: User, actor: Actor) -> str:
    """Empty if the operator may; otherwise the reason, to be read by them."""
    if actor.user is not None and user.pk == actor.user.pk:
        return _("自分のログインは停止できません。ほかの運用担当者に頼んでください。")
    return "" if user.is_active else _("すでに停止しています。")


def why_not_enable(user: User) -> str:
    return _("停止していません。") if user.is_active else ""


@transaction.atomic
def disable_user(*, user: User, actor: Actor, reason: str) -> None:
    """In every programme, and at once: all open sessions end."""
    user = _locked(user, actor)
    if refusal := why_not_disable(user, actor):
        raise ValidationError(refusal)
    user.is_active = False
    user.save(update_fields=["is_active"])
    for session in UserSession.objects.filter(user=user):
        end_session(session)
    record_event(action=Action.USER_DISABLED, subject=user, actor=actor.user, reason=reason)


@transaction.atomic
def enable_user(*, user: User, actor: Actor, reason: str) -> None:
    user = _locked(user, actor)
    if refusal := why_not_enable(user):
        raise ValidationError(refusal)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record_event(action=Action.USER_ENABLED, subject=user, actor=actor.user, reason=reason)


def choose_mail_language(*, user: User, language: str) -> None:
    """Empty: the language in which the person signs in. It counts in every programme that has it."""
    if language not in ("", *Language.values):
        raise ValueError(language)
    user.mail_language = language
    user.save(update_fields=["mail_language"])


def _locked(user: User, actor: Actor) -> User:
    if not actor.is_operator:
        raise PermissionDenied
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)
