"""Adding and removing what proves a person besides password or mailbox: an authenticator app, passkeys, recovery codes.

allauth.mfa does the arithmetic and keeps the rows, their secrets encrypted (adapter.py).
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme_or_none

REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class LastSecondFactor(ValueError):
    """Staff cannot be without one, wherever they remove it: the same factors open every door."""


def factors_of(user: User) -> "QuerySet[Authenticator]":
    """What counts by itself; recovery codes only help out."""
    return Authenticator.objects.filter(user=user, type__in=REAL).order_by("created_at")  # type: ignore[no-any-return]


@transaction.atomic
def add_totp(*, user: User, secret: str) -> Authenticator:
    return _added(user, TOTP.activate(user, secret).instance)


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: dict[str, Any]) -> Authenticator:
    return _added(user, WebAuthn.add(user, name, credential).instance)


@transaction.atomic
def remove(*, user: User, authenticator: Authenticator) -> None:
    User.objects.select_for_update().get(pk=user.pk)
    if user.was_appointed and not factors_of(user).exclude(pk=authenticator.pk).exists():
        raise LastSecondFactor
    kind = authenticator.type
    authenticator.delete()
    _tell(user, Action.SECOND_FACTOR_REMOVED, kind)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    _tell(user, Action.SECOND_FACTOR_ADDED, Authenticator.Type.RECOVERY_CODES)


def recovery_codes_of(user: User) -> list[str]:
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return row.wrap().get_unused_codes() if row else []


def _added(user: User, authenticator: Authenticator) -> Authenticator:
    if user.was_appointed:
        RecoveryCodes.activate(user)
    _tell(user, Action.SECOND_FACTOR_ADDED, authenticator.type)
    return authenticator


def _tell(user: User, action: Action, kind: str) -> None:
    record_event(action=action, subject=user, actor=user, changes={"type": (None, kind)})
    if current_programme_or_none():
        queue_mail(
            message="accounts.second_factor_changed",
            to=user.email,
            dedupe_key=f"second-factor:{user.pk}:{timezone.now().isoformat()}",
            data={"added": action == Action.SECOND_FACTOR_ADDED},
            language=user.reads,
        )
