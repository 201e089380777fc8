"""Reads shaped for a screen or for another app."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, URLField

from partners.fields import Field, Section, Visibility, fields_of
from partners.models import Benefit, Member, Partner
from partners.states import MemberState, PartnerState
from portal.tenancy.models import Language
from portal.web.access import Actor, MemberRole, Membership


def memberships_of(user: Any) -> list[Membership]:
    """The person's places in this programme, the invitations not yet taken up among them. One query."""
    members = Member.objects.who_may_enter().filter(user=user).select_related("partner").order_by("id")
    return [
        Membership(
            member_id=member.pk,
            partner_id=member.partner_id,
            partner_name=member.partner.name,
            role=MemberRole(member.role),
            person_name=member.name,
            is_confirmed=member.partner.state != PartnerState.UNCONFIRMED,
            is_migrated=member.partner.is_migrated,
            is_suspended=member.partner.state == PartnerState.SUSPENDED,
            has_joined=member.state == MemberState.ACTIVE,
        )
        for member in members
    ]


def people_who_may_enter() -> "QuerySet[Any]":
    """Keys of users, as a subquery for whoever asks for an address."""
    return Member.objects.who_may_enter().values("user_id")


def partner_with_number(number: int) -> Partner | None:
    """With what its page shows beside its own row: three queries in all."""
    partners = Partner.objects.filter(number=number).select_related("batch").prefetch_related("offices", "equipment")
    return partners.first()


@dataclass(frozen=True)
class Shown:
    """One line of a profile, ready for a page."""

    name: str
    label: str
    value: Any
    kind: str = "text"  # text, link, links, goals, list


def profile_for(partner: Partner, visible: set[Visibility], sections: list[str]) -> list[tuple[str, list[Shown]]]:
    """What somebody who may see these visibilities is shown, by section; empty lines and sections are left out."""
    found = []
    for section in Section:
        if section not in sections:
            continue
        lines = [
            shown
            for field in fields_of([section])
            if partner.visibility_of(field.name) in visible and (shown := _shown(partner, field)) is not None
        ]
        if lines:
            found.append((str(section.label), lines))
    return found


def public_profile(partner: Partner) -> list[tuple[str, list[Shown]]]:
    return profile_for(partner, {Visibility.PUBLIC}, list(Section.values))


def _shown(partner: Partner, field: Field) -> Shown | None:
    value = getattr(partner, field.name)
    if value in (None, "", []) or field.name == "name":
        return None
    column: Any = Partner._meta.get_field(field.name)
    kind = "text"
    if isinstance(column, URLField):
        kind = "link"
    elif field.name == "links":
        kind = "links"
    elif field.name == "goals":
        kind = "goals"
    elif field.name == "municipality":
        value = partner.municipality_name
    elif isinstance(column, ArrayField):
        kind, labels = "list", dict(column.base_field.choices or ())
        value = [labels.get(one, one) for one in value]
    elif column.choices:
        value = getattr(partner, f"get_{field.name}_display")()
    elif isinstance(value, int):
        value = f"{value:,}"
    return Shown(field.name, str(field.label), value, kind)


def partner_with_code(code: str) -> Partner | None:
    """The organisation of a certificate; one that was never registered has none."""
    return Partner.objects.exclude(number=None).filter(certificate_code=code).first()


def partner_of(actor: Actor) -> Partner:
    """The organisation for which a member is here."""
    if actor.membership is None:
        raise PermissionDenied
    return Partner.objects.get(pk=actor.membership.partner_id)


def benefits_for_banks(language: str) -> list[Benefit]:
    """In the page's language where they are written in it, otherwise in Japanese."""
    shown = list(Benefit.objects.filter(is_shown=True, is_for_banks=True, language__in={language, Language.JAPANESE}))
    return [benefit for benefit in shown if benefit.language == language] or shown
