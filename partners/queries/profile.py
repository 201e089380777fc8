"""A partner's profile as pages show it: to others, to itself, and its dated facts in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import OuterRef, Subquery, URLField
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.fields import FIELDS, Field, Section, Visibility, fields_of, missing
from partners.models import Batch, Consent, Equipment, Fact, Member, Office, Partner
from partners.queries.partners import sections_in_use
from portal.web.dates import long_day
from portal.web.goals import SDG_GOALS


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
