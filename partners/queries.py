"""Reads shaped for a screen or for another app."""

from typing import Any

from django.db.models import QuerySet

from partners.models import Member
from partners.states import PartnerState
from portal.web.access import MemberRole, Membership


def memberships_of(user: Any) -> list[Membership]:
    """The person's places in this programme, each after its first sign-in. One query."""
    members = Member.objects.active().who_may_enter().filter(user=user).select_related("partner").order_by("id")
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
        )
        for member in members
    ]


def people_who_may_enter() -> "QuerySet[Any]":
    """Keys of users, as a subquery for whoever asks for an address."""
    return Member.objects.who_may_enter().values("user_id")
