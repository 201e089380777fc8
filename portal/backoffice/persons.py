"""Everything that the current programme holds on one person, found from the models alone: a new table or column is
searched without anybody thinking of it. One query for each table, and one more for what hangs on a row about the person.

A person is a mail address, and the User who signs in with it. A name alone finds nothing: namesakes are other people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _

from partners.models import Member
from portal.audit.models import AuditEvent
from portal.backoffice.archive import STAYS
from portal.tenancy.models import TenantModel
from portal.tenancy.wall import tenant_models
from portal.web.staff.exports import plain
from portal.web.staff.record import readable_changes, subject_name

# Columns that hold one address and are no EmailField.
ADDRESSES = {"outbox.outgoingmail.to", "outbox.deadaddress.address"}
# Columns by which a row belongs to the person, not only to what they did.
OWNERS = {"user", "member"}
# A row's name for another row, in two columns.
SUBJECTS = (("owner_type", "owner_id"), ("subject_type", "subject_id"))
# Their addresses are of offices, and public.
OFFICES = {"partners.benefit", "partners.supportdesk"}
TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)
NOT_SHOWN = {"id", "programme", "link_hash", "folded", "password"}
# What somebody typed and has not sent is about them all the same.
KEYS = STAYS - {"accounts.draft.data"}


@dataclass(frozen=True)
class Person:
    address: str
    user: Any = None

    @property
    def members(self) -> list[int]:
        return list(Member.objects.filter(user=self.user).values_list("pk", flat=True)) if self.user else []


@dataclass(frozen=True)
class Row:
    label: str
    key: str
    # What it says of the person: the column's label, and the value in words.
    values: tuple[tuple[str, str], ...]


@dataclass
class Table:
    model: type[models.Model]
    rows: dict[Any, Any] = field(default_factory=dict)
    # Keys of the rows that are about the person as a whole, with the reason to take them for theirs.
    own: set[Any] = field(default_factory=set)
    matched: dict[Any, set[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def app(self) -> str:
        return str(apps.get_app_config(self.model._meta.app_label).verbose_name)

    def shown(self) -> Iterator[Row]:
        for key, row in self.rows.items():
            names = self.matched.get(key, set())
            values = [
                (_label(one), _in_words(one, row))
                for one in self.model._meta.concrete_fields
                if (one.name in names or key in self.own or _says_when(one)) and _is_shown(one)
            ]
            yield Row(self.name, str(key), tuple((label, value) for label, value in values if value))


def person_with(address: str) -> Person:
    address = address.strip().lower()
    return Person(address, get_user_model().objects.filter(email=address).first())


def pattern_of(address: str) -> str:
    """The address as a word of its own, for Postgres; Japanese may stand right beside it. JSON writes a line break as two
    letters."""
    return rf"(\\[nrt]|(?<![a-z0-9._%+-])){re.escape(address)}(?![a-z0-9-]|\.[a-z0-9])"


def text_fields(model: type[models.Model]) -> list[Any]:
    """Where people type, or programs write for them: all text but choices."""
    found = (one for one in model._meta.concrete_fields if isinstance(one, TEXTS))
    return [one for one in found if not one.choices and not isinstance(one, models.FileField)]


def people_fields(model: type[models.Model], target: type[models.Model] | None = None) -> list[Any]:
    target = target or get_user_model()
    return [
        one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey) and one.related_model is target
    ]


def address_fields(model: type[models.Model]) -> list[Any]:
    label = model._meta.label_lower
    fields = model._meta.concrete_fields
    return [one for one in fields if isinstance(one, models.EmailField) or f"{label}.{one.name}" in ADDRESSES]


def held_on(person: Person) -> list[Table]:
    """By app, and within it by table; tables without a row are left out."""
    members = person.members
    tables = {model: _found(model, person, members) for model in _searched()}
    own = {model: set(table.own) for model, table in tables.items() if table.own}
    for table in tables.values():
        _add_what_hangs_on(table, own)
    return [table for table in tables.values() if table.rows]


def _searched() -> list[type[TenantModel]]:
    return sorted(tenant_models(), key=lambda model: model._meta.label_lower)


def _found(model: type[TenantModel], person: Person, members: Sequence[int]) -> Table:
    table, texts = Table(model), text_fields(model)
    users = people_fields(model) if person.user else []
    of_members = people_fields(model, Member) if members else []
    wanted: list[tuple[str, Any]] = [(f"{_quoted(one)}::text ~* %s", pattern_of(person.address)) for one in texts]
    wanted += [(f"{_quoted(one)} = %s", person.user.pk) for one in users]
    wanted += [(f"{_quoted(one)} = ANY(%s)", list(members)) for one in of_members]
    if not wanted:
        return table
    keys = {one.name for one in [*users, *of_members]}
    where = " OR ".join(clause for clause, _value in wanted)
    manager: Any = model._base_manager
    # The clauses are made of the models' own names, the values are parameters.
    found = manager.extra(where=[where], params=[value for _clause, value in wanted])  # noqa: S610
    for row in found.order_by("pk"):
        names = {one.name for one in users if getattr(row, one.attname) == person.user.pk}
        names |= {one.name for one in of_members if getattr(row, one.attname) in members}
        names |= {one.name for one in texts if person.address in str(getattr(row, one.attname)).lower()}
        table.rows[row.pk] = row
        table.matched[row.pk] = names | _beside(model, names)
        if names & keys & OWNERS or _is_whole(model, names):
            table.own.add(row.pk)
    return table


def _quoted(one: Any) -> str:
    return connection.ops.quote_name(one.column)


def _is_whole(model: type[models.Model], names: set[str]) -> bool:
    """An address without a prefix says whose row it is; `contact_email` only whose contact."""
    if model._meta.label_lower in OFFICES:
        return False
    return any(one.name in names and "_" not in one.name for one in address_fields(model))


def _beside(model: type[models.Model], names: set[str]) -> set[str]:
    """`contact_name` and `contact_phone` beside `contact_email`."""
    prefixes = [one.name.removesuffix("email") for one in address_fields(model) if one.name in names]
    fields = [one.name for one in model._meta.concrete_fields]
    return {name for name in fields for prefix in prefixes if prefix.endswith("_") and name.startswith(prefix)}


def _add_what_hangs_on(table: Table, own: dict[type[TenantModel], set[Any]]) -> None:
    """Messages of an inquiry, versions of an application, files and comments of either."""
    fields = {one.name: one for one in table.model._meta.concrete_fields}
    wanted = Q()
    for one in fields.values():
        if isinstance(one, models.ForeignKey) and one.related_model in own:
            wanted |= Q(**{f"{one.attname}__in": own[one.related_model]})
    for kind, key in SUBJECTS:
        if kind in fields and key in fields:
            for model, keys in own.items():
                # Files name their owner by number, the record by text.
                wanted |= Q(**{kind: model._meta.label_lower, f"{key}__in": [fields[key].to_python(pk) for pk in keys]})
    if wanted:
        manager: Any = table.model._base_manager
        for row in manager.filter(wanted).order_by("pk"):
            table.rows.setdefault(row.pk, row)
            table.own.add(row.pk)


def _says_when(one: Any) -> bool:
    return isinstance(one, models.DateField) or one.name == "action"


def _is_shown(one: Any) -> bool:
    label = f"{one.model._meta.label_lower}.{one.name}"
    return one.name not in NOT_SHOWN and label not in KEYS and not isinstance(one, models.BinaryField)


def _label(one: Any) -> str:
    return str(one.verbose_name) if str(one.verbose_name) != one.name.replace("_", " ") else one.name


def _in_words(one: Any, row: Any) -> str:
    value = getattr(row, one.attname)
    if value in (None, "", [], {}):
        return ""
    if isinstance(one, models.ForeignKey):
        return (
            _("ご本人") if one.related_model is get_user_model() else f"{one.related_model._meta.verbose_name} {value}"
        )
    if one.flatchoices:
        return str(dict(one.flatchoices).get(value, value))
    if one.name.endswith("_type"):
        return subject_name(value)
    if isinstance(row, AuditEvent) and one.name == "changes":
        changes = readable_changes(row)
        return "\n".join(f"{each.label}：{each.before} → {each.after}" if each.kept else each.label for each in changes)
    if isinstance(value, dict):
        return "\n".join(f"{key}：{plain(inner)}" for key, inner in value.items())
    return str(plain(value))
