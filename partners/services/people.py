"""The people of a partner: invited, joining, changing roles, leaving. A partner always keeps an owner who signs in."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from partners.models import Consent, Member, Partner
from partners.rules import may_manage_people
from partners.services.records import lock_partner
from partners.states import MEMBER_TRANSITIONS, MemberState, PartnerState
from portal.accounts.models import LoginTicket, User
from portal.accounts.queries import staff_role_of
from portal.accounts.services.sign_in import void_tickets
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.bounces import address_is_left
from portal.outbox.services import follow, queue_mail
from portal.web.access import ANONYMOUS, Actor, MemberRole, StaffRole, only_staff


class AlreadyThere(ValueError):
    """The address belongs to one of the partner's people already."""


class IsStaff(ValueError):
    """The address belongs to somebody on this programme's staff, who does not sign in by mail and would never come in."""


class LastOwner(ValueError):
    """The partner would be left without an owner."""


@transaction.atomic
def invite(
    *, partner: Partner, name: str, address: str, role: MemberRole, actor: Actor, note: str = "", language: str = "ja"
) -> Member:
    _only_who_may(actor, partner)
    user = _person_with(address, language)
    member, is_new = Member.objects.get_or_create(
        partner=partner, user=user, defaults={"name": name, "role": role, "state": MemberState.INVITED}
    )
    if not is_new:
        # Whoever joins meanwhile is looked at as they are then.
        member = _locked(member)
        if member.state == MemberState.ACTIVE:
            raise AlreadyThere
        member.name, member.role = name, role
        if member.state == MemberState.INVITED:
            member.save(update_fields=["name", "role"])
        else:
            _move(member, MemberState.INVITED)
    record_event(
        action=Action.MEMBER_INVITED,
        subject=member,
        actor=actor.user,
        changes={"name": (None, name), "role": (None, role)},
        personal=["name"],
    )
    _send_invitation(member, actor, note)
    return member


@transaction.atomic
def first_owner(
    *, partner: Partner, name: str, address: str, actor: Actor, language: str = "ja"
) -> tuple[Member, bool]:
    """Whoever reads the address may come in as owner; and whether that is new. Who is there already stays as they are.

    The mail that tells them so is the caller's.
    """
    user = _person_with(address, language)
    member, is_new = Member.objects.get_or_create(
        partner=partner, user=user, defaults={"name": name, "role": MemberRole.OWNER, "state": MemberState.INVITED}
    )
    if is_new:
        record_event(
            action=Action.MEMBER_INVITED,
            subject=member,
            actor=actor.user,
            changes={"name": (None, name), "role": (None, MemberRole.OWNER.value)},
            personal=["name"],
        )
    return member, is_new


@transaction.atomic
def open_account(*, partner: Partner, name: str, address: str, language: str) -> Member | None:
    """When a registration has been sent or granted. Nothing if the person is there already."""
    member, is_new = first_owner(partner=partner, name=name, address=address, actor=ANONYMOUS, language=language)
    if not is_new:
        return None
    _send_invitation(member, ANONYMOUS)
    return member


@transaction.atomic
def invite_again(*, member: Member, actor: Actor) -> None:
    """A new mail to somebody who has not come yet."""
    _only_who_may(actor, member.partner)
    if member.state == MemberState.INVITED:
        _send_invitation(member, actor)


@transaction.atomic
def join(*, member: Member, shows_contact: bool, publishes_reports: bool, actor: Actor) -> None:
    """The first sign-in: the purpose of use was shown, and what may be shown to others was said."""
    member = _locked(member)
    if member.user != actor.user:
        raise PermissionDenied
    if member.state != MemberState.ACTIVE:
        _move(member, MemberState.ACTIVE)
        record_event(action=Action.MEMBER_JOINED, subject=member, actor=actor.user)
    consent(member=member, shows_contact=shows_contact, publishes_reports=publishes_reports, actor=actor)


@transaction.atomic
def consent(*, member: Member, shows_contact: bool, publishes_reports: bool, actor: Actor) -> None:
    Consent.objects.create(member=member, shows_contact=shows_contact, publishes_reports=publishes_reports)
    record_event(
        action=Action.CONSENT_GIVEN,
        subject=member,
        actor=actor.user,
        changes={"shows_contact": (None, shows_contact), "publishes_reports": (None, publishes_reports)},
    )


@transaction.atomic
def change_role(*, member: Member, role: MemberRole, actor: Actor) -> None:
    _only_who_may(actor, member.partner)
    member = _locked(member)
    before = MemberRole(member.role)
    if before == role:
        return
    if role < MemberRole.OWNER:
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    void_tickets(address=member.user.email)
    record_event(
        action=Action.MEMBER_CHANGED, subject=member, actor=actor.user, changes={"role": (before.value, role.value)}
    )
    _tell(member, "partners.role_changed", actor)


@transaction.atomic
def disable(*, member: Member, actor: Actor, reason: str = "") -> None:
    """The person is out with the next request, and what is on its way by mail opens nothing."""
    _only_who_may(actor, member.partner)
    member = _locked(member)
    if member.state == MemberState.DISABLED:
        return
    _keep_an_owner(member)
    _move(member, MemberState.DISABLED)
    void_tickets(address=member.user.email)
    record_event(action=Action.MEMBER_DISABLED, subject=member, actor=actor.user, reason=reason)


@transaction.atomic
def end_place(*, member: Member, stand_in: User, name: str, actor: Actor) -> None:
    """Part of erasing a person: the place stays without them. A partner whose registration counts keeps an owner."""
    only_staff(actor, StaffRole.APPROVER)
    member = _locked(member)
    if member.partner.state != PartnerState.ENDED:
        _keep_an_owner(member)
    void_tickets(address=member.user.email)
    member.user, member.name = stand_in, name
    if member.state != MemberState.DISABLED:
        _move(member, MemberState.DISABLED)
        record_event(action=Action.MEMBER_DISABLED, subject=member, actor=actor.user)
    else:
        member.save(update_fields=["user", "name"])


def only_owner_in(user: User) -> list[Partner]:
    """Where nobody else could act as owner if this person went."""
    members = Member.objects.active().owners().filter(user=user).exclude(partner__state=PartnerState.ENDED)
    others = Member.objects.active().owners().filter(partner=OuterRef("partner")).exclude(user=user)
    return [member.partner for member in members.filter(~Exists(others)).select_related("partner")]


@transaction.atomic
def restore_access(*, member: Member, address: str, reason: str, actor: Actor) -> None:
    """Staff give a person's place another address, because the old one is lost. With a reason, on the record.

    The place moves to whoever signs in with that address. The old person is left as it is: in another programme it may
    be somebody's, and that is not for this one's staff to change.
    """
    if not actor.is_staff():
        raise PermissionDenied
    _only_who_may(actor, member.partner)
    member, before = give_place(member=member, address=address, name=member.name, actor=actor)
    if not Member.objects.filter(user=before).who_may_enter().exists():
        follow(before=before, user=member.user)
    record_event(
        action=Action.MEMBER_RESTORED,
        subject=member,
        actor=actor.user,
        changes={"user": (None, None)},
        personal=["user"],
        reason=reason,
    )
    queue_mail(
        message="partners.access_moved",
        to=before.email,
        dedupe_key=f"access-moved:{member.pk}:{timezone.now().isoformat()}",
        language=before.reads,
        about=member,
    )


@transaction.atomic
def give_place(*, member: Member, address: str, name: str, actor: Actor) -> tuple[Member, User]:
    """Part of what hands a place over: it moves to whoever signs in with that address, who is invited. What the old
    person has of it ends at once. Gives the place and the old person; who may do that, the record and
    the old address's mail are the caller's.
    """
    member = _locked(member)
    before = member.user
    user = _person_with(address, before.reads)
    if Member.objects.filter(partner=member.partner, user=user).exclude(pk=member.pk).exists():
        raise AlreadyThere
    member.user, member.name = user, name
    member.save(update_fields=["user", "name"])
    if member.state != MemberState.INVITED:
        _move(member, MemberState.INVITED)
    void_tickets(address=before.email)
    if not Member.objects.filter(user=before).who_may_enter().exists():
        address_is_left(address=before.email)
    _send_invitation(member, actor)
    return member, before


def _only_who_may(actor: Actor, partner: Partner) -> None:
    if not may_manage_people(actor, partner.pk):
        raise PermissionDenied


def _person_with(address: str, language: str) -> User:
    user = User.objects.with_address(address, language)
    if staff_role_of(user) is not None:
        raise IsStaff
    return user


def _locked(member: Member) -> Member:
    """Changes of a partner's people wait for each other at the partner's row."""
    lock_partner(member.partner_id)
    return Member.objects.select_related("partner", "user").get(pk=member.pk)


def _keep_an_owner(leaving: Member) -> None:
    """Only who signs in counts: an owner who was invited may never come."""
    owners = Member.objects.active().owners().filter(partner=leaving.partner)
    if leaving.is_owner and leaving.state == MemberState.ACTIVE and not owners.exclude(pk=leaving.pk).exists():
        raise LastOwner


def _move(member: Member, state: MemberState) -> None:
    if state not in MEMBER_TRANSITIONS[MemberState(member.state)]:
        raise ValueError(f"A member does not go from {member.state} to {state}.")
    member.state, member.since = state, timezone.now()
    member.save()


def _send_invitation(member: Member, actor: Actor, note: str = "") -> None:
    ticket = LoginTicket.objects.create(
        address=member.user.email, purpose=LoginTicket.Purpose.INVITATION, language=member.user.reads
    )
    _tell(member, "partners.invitation", actor, ticket=ticket.pk, note=note)


def _tell(member: Member, message: str, actor: Actor, **data: Any) -> None:
    queue_mail(
        message=message,
        to=member.user.email,
        dedupe_key=f"{message}:{member.pk}:{timezone.now().isoformat()}",
        data={"member": member.pk, "by": actor.membership.person_name if actor.membership else "", **data},
        language=member.user.reads,
        about=member,
    )
