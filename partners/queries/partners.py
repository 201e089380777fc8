"""Reads shaped for a screen or for another app."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, URLField
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.fields import FIELDS, Field, Section, Visibility, fields_of, missing
from partners.models import (
    Batch,
    Benefit,
    ChangeRequest,
    Consent,
    Equipment,
    Fact,
    Member,
    Office,
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
from portal.web.dates import long_day
from portal.web.folding import Folded, fold
from portal.web.goals import SDG_GOALS
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


@dataclass(frozen=True)
class Shown:
    """One line of a profile, ready for a page."""

    name: str
    label: str
    value: Any
    kind: str = "text"  # text, day, link, links, goals, list


@dataclass(frozen=True)
class ShownTable:
    title: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Profile:
    """A partner as somebody else sees it."""

    sections: list[tuple[str, list[Shown]]]
    tables: list[ShownTable]
    goals: list[int]


def profile_for(partner: Partner, visible: set[Visibility]) -> Profile:
    """What somebody who may see these visibilities is shown: only what the programme asks for, and the contact only
    where it was agreed to.
    """
    sections = sections_in_use()
    if not shows_contact(partner):
        sections = [section for section in sections if section != Section.CONTACT]
    return Profile(
        sections=_lines(partner, visible, sections),
        tables=_tables(partner, visible, sections),
        goals=partner.goals if Section.INITIATIVES in sections else [],
    )


def shows_contact(partner: Partner) -> bool:
    """One of the partner's owners has agreed to it, and has said nothing else since."""
    latest = Consent.objects.filter(member=OuterRef("pk")).order_by("-id").values("shows_contact")[:1]
    owners = Member.objects.active().owners().filter(partner=partner)
    return bool(owners.annotate(shows=Subquery(latest)).filter(shows=True).exists())


def _lines(partner: Partner, visible: set[Visibility], sections: list[str]) -> list[tuple[str, list[Shown]]]:
    """By section; empty lines and sections are left out."""
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


def _tables(partner: Partner, visible: set[Visibility], sections: list[str]) -> list[ShownTable]:
    """Offices and equipment, as far as somebody with these visibilities may see them."""
    tables = []
    if Section.PLACE in sections and partner.visibility_of("address") in visible:
        has_phone = partner.visibility_of("phone") in visible
        heads = [_("事業所名"), _("所在地"), *([_("電話")] if has_phone else [])]
        rows = [[office.name, office.place, *([office.phone] if has_phone else [])] for office in partner.offices.all()]
        tables.append(ShownTable(_("ほかの事業所"), heads, rows))
    if Section.CAPABILITY in sections and partner.visibility_of("ability") in visible:
        heads = [_("設備名"), _("国産"), _("メーカー"), _("台数"), _("備考")]
        rows = [
            [one.name, _("はい") if one.is_made_in_japan else _("いいえ"), one.maker, f"{one.units:,}", one.remark]
            for one in partner.equipment.all()
        ]
        tables.append(ShownTable(_("設備"), heads, rows))
    return [table for table in tables if table.rows]


@dataclass(frozen=True)
class OwnLine:
    """A field as its own partner sees it, empty or not."""

    name: str
    label: str
    shown: Shown | None
    seen_by: str
    is_public: bool
    is_missing: bool
    is_locked: bool


@dataclass(frozen=True)
class OwnSection:
    name: str
    label: str
    lines: list[OwnLine]
    # Rows of their own beside the fields: what they are in the addresses, what they are called, and they themselves.
    rows_kind: str = ""
    rows_label: str = ""
    rows: Sequence[Office | Equipment] = ()

    @property
    def missing(self) -> int:
        return sum(line.is_missing for line in self.lines)


def own_profile(partner: Partner, sections: list[str]) -> list[OwnSection]:
    lacking = {field.name for field in missing_fields(partner, sections)}
    hides_contact = Section.CONTACT in sections and not shows_contact(partner)

    def seen_by(field: Field) -> Visibility:
        is_hidden = hides_contact and field.section == Section.CONTACT
        return Visibility.STAFF if is_hidden else partner.visibility_of(field.name)

    return [
        OwnSection(
            section.value,
            str(section.label),
            [
                OwnLine(
                    name=field.name,
                    label=str(field.label),
                    shown=_shown(partner, field, with_name=True),
                    seen_by=str(seen_by(field).label),
                    is_public=seen_by(field) is Visibility.PUBLIC,
                    is_missing=field.name in lacking,
                    is_locked=field.is_locked,
                )
                for field in fields_of([section])
            ],
            *_own_rows(partner, section),
        )
        for section in Section
        if section in sections
    ]


def _own_rows(partner: Partner, section: Section) -> tuple[str, str, Sequence[Office | Equipment]]:
    if section == Section.PLACE:
        return "offices", _("ほかの事業所"), list(partner.offices.all())
    if section == Section.CAPABILITY:
        return "equipment", _("設備"), list(partner.equipment.all())
    return "", "", ()


def missing_fields(partner: Partner, sections: list[str]) -> list[Field]:
    return missing({name: getattr(partner, name) for name in FIELDS}, sections)


def left_to_partner(partner: Partner) -> list[Field]:
    """What is missing and its own people can fill in; what the programme keeps is for staff to add."""
    return [field for field in missing_fields(partner, sections_in_use()) if not field.is_locked]


def value_in_words(partner: Partner, name: str) -> str:
    """For lists of before and after."""
    shown = _shown(partner, FIELDS[name], with_name=True)
    if shown is None:
        return ""
    if shown.kind == "goals":
        return "\n".join(f"{number} {SDG_GOALS[number][0]}" for number in shown.value)
    if shown.kind in ("links", "list"):
        return "\n".join(str(one) for one in shown.value)
    if shown.kind == "day":
        return long_day(shown.value, get_language() or "ja", with_era=True)
    return str(shown.value)


def _shown(partner: Partner, field: Field, with_name: bool = False) -> Shown | None:
    value = getattr(partner, field.name)
    if value in (None, "", []) or (field.name == "name" and not with_name):
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
        value = partner.municipality_label
    elif isinstance(column, ArrayField):
        kind, labels = "list", dict(column.base_field.choices or ())
        value = [labels.get(one, one) for one in value]
    elif column.choices:
        value = getattr(partner, f"get_{field.name}_display")()
    elif isinstance(value, int):
        value = f"{value:,}"
    elif isinstance(value, date):
        kind = "day"
    return Shown(field.name, str(field.label), value, kind)


def once_called(text: str) -> QuerySet[Any]:
    """Keys of partners that have, or had, a name with every word of the text. Reads all names: for staff's lists."""
    names: QuerySet[Any] = Fact.objects.filter(field=Fact.Field.NAME).alias(folded=Folded("value"))
    return names.filter(*(Q(folded__contains=word) for word in fold(text).split())).values("partner_id")


def acted_for_by(text: str) -> QuerySet[Any]:
    """Keys of partners with a person whose name or address holds every word of the text."""
    people: QuerySet[Any] = Member.objects.alias(called=Folded("name"), address=Folded("user__email"))
    words = (Q(called__contains=word) | Q(address__contains=word) for word in fold(text).split())
    return people.filter(*words).values("partner_id")


@dataclass(frozen=True)
class FactLine:
    label: str
    value: str
    since: date
    until: date | None


def facts_in_words(partner: Partner) -> list[FactLine]:
    """The dated facts as screens show them, each field from its first day on. One query, and one for the batches."""
    batches = {str(batch.pk): str(batch) for batch in Batch.objects.all()}
    lines = []
    for fact in Fact.objects.filter(partner=partner).order_by("field", "since", "id"):
        value = fact_in_words(fact.field, fact.value, batches)
        lines.append(FactLine(fact.get_field_display(), value, fact.since, fact.until))
    return lines


def fact_in_words(field: str, value: str, batches: Mapping[str, str]) -> str:
    if field == Fact.Field.BATCH:
        return batches.get(value, value)
    shown = Partner(**{field: _as_stored(field, value)})
    return value_in_words(shown, field) if field in FIELDS else _choice(shown, field)


def _as_stored(field: str, value: str) -> Any:
    if field == Fact.Field.GOALS:
        return [int(value)]
    return [value] if field == Fact.Field.THEMES else value


def _choice(partner: Partner, field: str) -> str:
    return str(getattr(partner, f"get_{field}_display")())


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
