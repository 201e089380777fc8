"""Appointing staff, and ending an appointment."""

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import StaffAppointment, User
from portal.accounts.queries import eligible_user
from portal.accounts.services.sign_in import void_tickets
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import queue_mail
from portal.web.access import Actor, StaffRole, only_staff


class IsPartnersPerson(ValueError):
    """The address belongs to a partner's person, who would be locked out: staff do not sign in by mail."""


class OwnAppointment(ValueError):
    """Nobody changes their own: so of those who appoint, one always stays."""


@transaction.atomic
def appoint(*, address: str, name: str, role: StaffRole, actor: Actor | None) -> StaffAppointment:
    """To the current programme. Who has a place already gets the new one from now on. Nobody asks: a command of the server.

    Whose name is known keeps it, and whoever is a partner's person in another programme stays that.
    """
    _only_approvers(actor)
    if eligible_user(address.strip().lower()):
        raise IsPartnersPerson
    user = User.objects.with_address(address)
    if actor and user == actor.user:
        raise OwnAppointment
    _mark_as_appointed(user, name)
    before = StaffAppointment.objects.select_for_update().filter(user=user, ended_at=None).first()
    if before and before.role == role:
        return before
    if before:
        before.ended_at = timezone.now()
        before.save(update_fields=["ended_at"])
    appointment = StaffAppointment.objects.create(user=user, role=role)
    record_event(
        action=Action.STAFF_APPOINTED,
        subject=appointment,
        actor=actor.user if actor else None,
        changes={"role": (before.role if before else None, role)},
    )
    void_tickets(address=user.email)
    queue_mail(
        message="accounts.appointed",
        to=user.email,
        dedupe_key=f"appointed:{appointment.pk}",
        language=user.reads,
        about=appointment,
    )
    return appointment


@transaction.atomic
def end_appointment(*, appointment: StaffAppointment, reason: str, actor: Actor | None) -> None:
    _only_approvers(actor)
    appointment = StaffAppointment.objects.select_for_update().get(pk=appointment.pk)
    if actor and appointment.user == actor.user:
        raise OwnAppointment
    if appointment.ended_at:
        return
    appointment.ended_at = timezone.now()
    appointment.save(update_fields=["ended_at"])
    record_event(action=Action.STAFF_DISMISSED, subject=appointment, actor=actor.user if actor else None, reason=reason)


@transaction.atomic
def make_operator(*, address: str, name: str) -> User:
    """Runs the platform, on the platform's own host; in no programme."""
    user = User.objects.with_address(address)
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    _mark_as_appointed(user, name)
    record_event(action=Action.STAFF_APPOINTED, subject=user, actor=None)
    return user


def _only_approvers(actor: Actor | None) -> None:
    if actor is not None:
        only_staff(actor, StaffRole.APPROVER)


def _mark_as_appointed(user: User, name: str) -> None:
    user.name, user.was_appointed = user.name or name, True
    user.save(update_fields=["name", "was_appointed"])
