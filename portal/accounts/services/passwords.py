"""Passwords: checking one at a door, and setting one. For staff, and for partners' people where a programme allows it."""

from django.contrib.auth import authenticate, password_validation
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts import limits
from portal.accounts.models import User
from portal.accounts.passwords import folded
from portal.accounts.visitors import limit_key
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme_or_none


class TooOften(Exception):
    """Nothing was checked."""


def user_with_password(*, request: HttpRequest, address: str, password: str) -> User | None:
    """Takes the same time whether the address is known or not."""
    visitor = limit_key(request)
    if not (
        limits.allow(limits.PASSWORDS_BY_VISITOR, visitor)
        and limits.allow(limits.PASSWORDS_BY_VISITOR_FOR_ADDRESS, f"{visitor} {address}")
        and limits.allow(limits.PASSWORDS_FOR_ADDRESS, address)
    ):
        raise TooOften
    user = authenticate(request, email=address, password=folded(password))
    return user if isinstance(user, User) and user.email == address else None


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """All other sessions of the person end by it; the person is told by mail."""
    password = folded(password)
    password_validation.validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record_event(action=Action.PASSWORD_CHANGED, subject=user, actor=user)
    if current_programme_or_none():
        queue_mail(
            message="accounts.password_changed",
            to=user.email,
            dedupe_key=f"password-changed:{user.pk}:{timezone.now().isoformat()}",
            language=user.reads,
        )


@transaction.atomic
def ask_for_new_password(*, address: str, language: str) -> None:
    """The same row for every address: the worker that sends the mail finds out whose it is."""
    queue_mail(
        message="accounts.new_password",
        to=address,
        dedupe_key=f"new-password:{address}:{timezone.now().isoformat()}",
        language=language,
    )
