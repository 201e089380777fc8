"""Whom the demo's pages are walked as: each kind of person of Kanagawa, and their like in the other programmes."""

from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from partners.models import Member, Partner
from partners.states import MemberState
from portal.accounts.models import StaffAppointment, User
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_member
from tests.sessions import signed_in

STARTS = {"public": ["/"], "partner": ["/mypage/", "/"], "staff": ["/admin/"], "platform": ["/", "/admin/"]}


@dataclass(frozen=True)
class Person:
    name: str
    host: str
    kind: str
    client: Client
    in_every_language: bool = False

    @property
    def starts(self) -> list[str]:
        return STARTS[self.kind]

    @property
    def programme(self) -> Programme | None:
        """None on the platform's own host."""
        return Programme.objects.for_host(self.host)


def everybody() -> dict[str, Person]:
    found = []
    for programme in Programme.objects.order_by("slug"):
        with programme_scope(programme):
            found += _people_of(programme)
    operator = signed_in(User.objects.get(is_superuser=True), None)
    found.append(Person("operator", settings.PLATFORM_HOST, "platform", operator))
    return {person.name: person for person in found}


def _people_of(programme: Programme) -> list[Person]:
    # The first programme as everybody and in every language; the others as those whom walls must hold.
    is_first = programme.slug == "kanagawa"

    def person(name: str, kind: str, client: Client) -> Person:
        return Person(
            f"{programme.slug} {name}",
            programme.primary_host,
            kind,
            client,
            in_every_language=is_first and name in ("public", "owner"),
        )

    yamada = Member.objects.get(user__email=f"owner@{programme.slug}.example.jp")
    people = [
        person("public", "public", Client(headers={"host": programme.primary_host})),
        person("owner", "partner", signed_in(yamada.user, programme, yamada)),
        person("rival", "partner", _owner_of(_another_than(yamada), programme)),
    ]
    for role in ("editor", "viewer") if is_first else ():
        member = Member.objects.get(user__email=f"{role}@{programme.slug}.example.jp")
        people.append(person(role, "partner", signed_in(member.user, programme, member)))
    for appointment in StaffAppointment.objects.order_by("role"):
        if not is_first and appointment.role != StaffRole.APPROVER:
            continue
        role = StaffRole(appointment.role).name.lower()
        people.append(person(role, "staff", signed_in(appointment.user, programme)))
    return people


def _another_than(member: Member) -> Partner:
    listed = Partner.objects.listed().exclude(pk=member.partner_id).filter(is_migrated=True)
    return listed.exclude(members__state=MemberState.ACTIVE).order_by("number")[5]


def _owner_of(partner: Partner, programme: Programme) -> Client:
    member = make_member(MemberRole.OWNER, partner)
    return signed_in(member.user, programme, member)
