"""A person's sign-in address: changed only when both the old and the new mailbox have said yes."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from portal.accounts import keys
from portal.accounts.models import AddressChange, User
from portal.accounts.services.sign_in import void_tickets
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.bounces import address_is_left, address_is_read
from portal.outbox.services import queue_mail

SIDES = ("old", "new")


class Over(ValueError):
    """The link is unknown, too old, or of a wish that was replaced by another."""


class Taken(ValueError):
    """Somebody else signs in with the new address already."""


@transaction.atomic
def ask_to_change_address(*, user: User, address: str, language: str) -> AddressChange:
    """Both sides are asked, whoever may have the new address: that is told only to who proves to own it."""
    AddressChange.objects.filter(user=user).delete()
    change = AddressChange.objects.create(user=user, old_address=user.email, new_address=address)
    for side, to in zip(SIDES, (user.email, address), strict=True):
        queue_mail(
            message="accounts.confirm_address",
            to=to,
            dedupe_key=f"confirm-address:{change.pk}:{side}",
            data={"change": change.pk, "side": side},
            language=language,
        )
    return change


def find_change(*, change_id: int, side: str, token: str, now: datetime | None = None) -> AddressChange:
    change = AddressChange.objects.select_related("user").filter(pk=change_id).first()
    if change is None or side not in SIDES or not constant_time_compare(token, keys.link_token(change.seed, side)):
        raise Over
    if (now or timezone.now()) >= change.expires_at or change.user.email != change.old_address:
        raise Over
    return change


@transaction.atomic
def confirm_address(*, change_id: int, side: str, token: str, now: datetime | None = None) -> bool:
    """True when both have confirmed and the address is the new one."""
    now = now or timezone.now()
    AddressChange.objects.select_for_update().filter(pk=change_id).first()
    change = find_change(change_id=change_id, side=side, token=token, now=now)
    setattr(change, f"{side}_confirmed_at", now)
    change.save(update_fields=[f"{side}_confirmed_at"])
    if not (change.old_confirmed_at and change.new_confirmed_at):
        return False
    user = change.user
    user.email = change.new_address
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise Taken from error
    change.delete()
    void_tickets(address=change.old_address, now=now)
    address_is_left(address=change.old_address)
    address_is_read(address=change.new_address)
    record_event(
        action=Action.ADDRESS_CHANGED, subject=user, actor=user, changes={"email": (None, None)}, personal=["email"]
    )
    for to in (change.old_address, change.new_address):
        queue_mail(
            message="accounts.address_changed",
            to=to,
            dedupe_key=f"address-changed:{change_id}:{to}",
            language=user.reads,
        )
    return True
