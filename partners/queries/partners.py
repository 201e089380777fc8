"""Reads shaped for a screen or for another app."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from partners.models import (
    Benefit,
    ChangeRequest,
    Fact,
    Member,
    OpenDataSet,
    Partner,
    RegistrationSettings,
    SupportDesk,
)
from partners.models.registration import usual_sections
from partners.states import MemberState, PartnerState
from portal.tenancy.models import Feature, Language
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, MemberRole, Membership
from portal.web.folding import Folded, fold
from portal.web.registry import Address, WorkItem, WorkQueue


def memberships_of(user: Any) -> list[Membership]:
    """The person's places in this programme, the invitations not yet taken up among them. One query."""
    # Where the programme has no gate, whoever has not moved over yet takes part all the same.
    is_open = Exists(RegistrationSettings.objects.filter(has_soft_gate=False))
    members: Any = Member.objects.who_may_enter().filter(user=user).select_related("partner").order_by("id")
    return [
        Membership(
            member_id=member.pk,
            partner_id=member.partner_id,
            partner_name=member.partner.name,
            role=MemberRole(member.role),
            person_name=member.name,
            is_confirmed=member.partner.state != PartnerState.UNCONFIRMED,
            is_migrated=member.partner.is_migrated or member.is_open,
            is_suspended=member.partner.state == PartnerState.SUSPENDED,
            has_joined=member.state == MemberState.ACTIVE,
        )
        for member in members.annotate(is_open=is_open)
    ]


def why_not_take_part(partner: Partner) -> PermissionDenied | None:
    """For what is done by a mailed link, where nobody signs in: the same answer as its people get."""
    if partner.state == PartnerState.ENDED:
        return PermissionDenied()
    is_open = not partner.is_migrated and RegistrationSettings.objects.filter(has_soft_gate=False).exists()
    return Membership(
        member_id=0,
        partner_id=partner.pk,
        partner_name=partner.name,
        role=MemberRole.VIEWER,
        is_confirmed=partner.state != PartnerState.UNCONFIRMED,
        is_migrated=partner.is_migrated or is_open,
        is_suspended=partner.state == PartnerState.SUSPENDED,
    ).why_not


def people_who_may_enter() -> "QuerySet[Any]":
    """Keys of users, as a subquery for whoever asks for an address."""
    return Member.objects.who_may_enter().values("user_id")


def partner_with_number(number: int) -> Partner | None:
    """With what its page shows beside its own row: three queries in all."""
    partners = Partner.objects.filter(number=number).select_related("batch").prefetch_related("offices", "equipment")
    return partners.first()


def named_by_number(number: int) -> tuple[int, str] | None:
    found: tuple[int, str] | None = Partner.objects.filter(number=number).values_list("pk", "name").first()
    return found


def sections_in_use() -> list[str]:
    """The parts of the profile that the programme has chosen."""
    chosen = RegistrationSettings.objects.first()
    return chosen.sections if chosen else usual_sections()


def once_called(text: str) -> QuerySet[Any]:
    """Keys of partners that have, or had, a name with every word of the text. Reads all names: for staff's lists."""
    names: QuerySet[Any] = Fact.objects.filter(field=Fact.Field.NAME).alias(folded=Folded("value"))
    return names.filter(*(Q(folded__contains=word) for word in fold(text).split())).values("partner_id")


def acted_for_by(text: str) -> QuerySet[Any]:
    """Keys of partners with a person whose name or address holds every word of the text."""
    people: QuerySet[Any] = Member.objects.alias(called=Folded("name"), address=Folded("user__email"))
    words = (Q(called__contains=word) | Q(address__contains=word) for word in fold(text).split())
    return people.filter(*words).values("partner_id")


def changes_items() -> list[WorkItem]:
    asked = ChangeRequest.objects.asked().select_related("partner").order_by("asked_at")[:200]
    return [
        WorkItem(
            title=str(request),
            url=reverse("admin:partners_changerequest_change", args=[request.pk]),
            since=request.asked_at,
            subject_type="partners.changerequest",
            subject_id=str(request.pk),
        )
        for request in asked
    ]


changes_queue = WorkQueue(
    label=gettext_lazy("変更の申請"),
    url=lambda: reverse("admin:partners_changerequest_changelist") + "?state__exact=asked",
    count=lambda: ChangeRequest.objects.asked().count(),
    items=changes_items,
    about="partners.changerequest",
)


def partner_with_code(code: str) -> Partner | None:
    """The organisation of a certificate; one that was never registered has none."""
    return Partner.objects.exclude(number=None).filter(certificate_code=code).first()


def partner_of(actor: Actor) -> Partner:
    """The organisation for which a member is here."""
    if actor.membership is None:
        raise PermissionDenied
    return Partner.objects.get(pk=actor.membership.partner_id)


def benefits_in(language: str, **only: Any) -> list[Benefit]:
    """In the page's language where they are written in it, otherwise in Japanese."""
    shown = list(Benefit.objects.filter(is_shown=True, language__in={language, Language.JAPANESE}, **only))
    return [benefit for benefit in shown if benefit.language == language] or shown


def benefits_for_banks(language: str) -> list[Benefit]:
    return benefits_in(language, is_for_banks=True)


def desks() -> list[SupportDesk]:
    return list(SupportDesk.objects.filter(is_shown=True))


def latest_open_data() -> OpenDataSet | None:
    return OpenDataSet.objects.first()


def public_addresses() -> Iterator[Address]:
    """The pages of this app that everybody may read, for search engines."""
    yield Address(reverse("content:benefits"))
    if current_programme().has(Feature.DIRECTORY):
        yield Address(reverse("partners:directory"))
        yield Address(reverse("content:open_data"))
        partners = Partner.objects.listed().exclude(number=None).order_by("number")
        for number, changed_at in partners.values_list("number", "changed_at"):
            yield Address(reverse("partners:detail", args=[number]), changed_at)
