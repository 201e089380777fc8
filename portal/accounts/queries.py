"""Who may come in. Asked when a sign-in mail is sent, and again at each door."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from portal.accounts.models import StaffAppointment, User
from portal.tenancy.scope import current_programme_or_none
from portal.web.access import Membership, StaffRole
from portal.web.registry import entrances


def eligible_user(address: str) -> User | None:
    """Who may sign in to the current programme with this address by mail. One query.

    A person's only address is `User.email`; one that is merely wished for (AddressChange) does not count. This programme's
    own staff never do; those of another may.
    """
    may_enter = Q(pk__in=[])
    for people in entrances.people:
        may_enter |= Q(pk__in=people())
    staff = StaffAppointment.objects.filter(ended_at=None).values("user")
    return User.objects.filter(may_enter, email=address, is_active=True).exclude(pk__in=staff).first()


def users_at(addresses: Iterable[str]) -> dict[str, User]:
    """Who signs in with these, by address in small letters. One query; whoever never signs in is not in it."""
    people = User.objects.filter(email__in={address.strip().lower() for address in addresses})
    return {user.email: user for user in people.only("email", "language", "mail_language")}


def languages_of(addresses: Iterable[str]) -> dict[str, str]:
    """In which language one writes to each of these (User.reads)."""
    return {address: user.reads for address, user in users_at(addresses).items()}


def places_of(user: User) -> tuple[Membership, ...]:
    """What the person is in the current programme: partners' people answer, staff are none."""
    return tuple(place for ask in entrances.memberships for place in ask(user))


def staff_role_of(user: User) -> StaffRole | None:
    role = StaffAppointment.objects.filter(user=user, ended_at=None).values_list("role", flat=True).first()
    return None if role is None else StaffRole(role)


def works_here(user: User) -> bool:
    """Whether the person belongs at the staff's door of this host: of the programme's, or of the platform's."""
    return user.is_superuser if current_programme_or_none() is None else staff_role_of(user) is not None


def approvers() -> QuerySet[User]:
    """Everybody who may agree to what a colleague asks for."""
    return programme_staff().filter(
        pk__in=StaffAppointment.objects.filter(ended_at=None, role=StaffRole.APPROVER).values("user")
    )


def programme_staff() -> QuerySet[User]:
    """Everybody with an open appointment in the current programme."""
    return User.objects.filter(pk__in=StaffAppointment.objects.filter(ended_at=None).values("user"), is_active=True)
