"""Disclosing and erasing what this programme holds on a person (persons.py finds it), asked for in a PersonRequest.

Erased means: places end, what was only for the person is deleted, and in rows that stay the address, names and phone
numbers give way to a word that says so. A stand-in takes the person's place in the columns that say who did something.
The person's own account belongs to the platform and stays, as does all that other programmes hold.
"""

import re
import uuid
from collections.abc import Collection
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Consent, Member, Partner
from partners.services.people import LastOwner, end_place, only_owner_in
from partners.services.records import change_partner, lock_partner
from partners.values import column_of
from portal.accounts.models import AddressChange, Draft, LoginTicket, StaffAppointment
from portal.accounts.sessions import PROGRAMME, end_session
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.backoffice.models import PersonRequest
from portal.backoffice.persons import Person, Table, held_on, pattern_of, people_fields, person_with, text_fields
from portal.notices.models import AnnouncementReading, MailReading, Subscription
from portal.outbox.models import DeadAddress
from portal.outbox.services import cancel_rest_to
from portal.tenancy.models import TenantModel
from portal.tenancy.scope import current_programme_id
from portal.tenancy.wall import tenant_models
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.content import content_changed

GONE = "消去済み"
# Beside the address, in a row about the person.
NAMES = ("name", "kana", "email")
PHONES = ("phone", "fax", "extension")
# Called `name` and the organisation's.
OF_ORGANISATIONS = {"partners.application"}
# Whose rows are for the person alone.
DELETED: tuple[type[TenantModel], ...] = (
    Draft, LoginTicket, AddressChange, Subscription, AnnouncementReading, MailReading, Consent, DeadAddress,
)  # fmt: skip


@transaction.atomic
def open_request(*, address: str, purpose: str, actor: Actor) -> PersonRequest:
    only_staff(actor, StaffRole.APPROVER)
    person = person_with(address)
    _refuse_naming(person, "purpose", purpose)
    if not held_on(person):
        raise ValidationError({"address": _("この事業には、このアドレスの方の情報がありません。")})
    asked = PersonRequest.objects.create(address=person.address, purpose=purpose, asked_by=actor.user)
    record_event(action=Action.PERSON_ASKED, subject=asked, actor=actor.user, reason=purpose)
    return asked


def disclose(*, asked: PersonRequest, actor: Actor) -> list[Table]:
    only_staff(actor, StaffRole.APPROVER)
    if asked.erased_at:
        raise ValidationError(_("すでに消去しました。"))
    record_event(action=Action.PERSON_DISCLOSED, subject=asked, actor=actor.user, reason=asked.purpose)
    return held_on(person_with(asked.address))


def why_not_erase(asked: PersonRequest) -> str:
    """Empty if the person may be erased; otherwise what to do first, to be read by staff."""
    if asked.erased_at:
        return _("すでに消去しました。")
    user = person_with(asked.address).user
    if user is None:
        return ""
    if StaffAppointment.objects.filter(user=user).exists():
        return _("この事業の職員である、または職員だった方です。職務の記録は残すため、ここでは消去できません。")
    if partners := only_owner_in(user):
        names = "、".join(partner.name for partner in partners)
        return (
            _(
                "%sの、ただ一人の代表です。先に、別の代表を招待してログインしていただくか、団体の退会を済ませてください。"
            )
            % names
        )
    return ""


@transaction.atomic
def erase(*, asked: PersonRequest, reason: str, actor: Actor) -> None:
    only_staff(actor, StaffRole.APPROVER)
    # Two who press at once: the second finds it done.
    asked = PersonRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if refusal := why_not_erase(asked):
        raise ValidationError(refusal)
    person, word = person_with(asked.address), f"{GONE}-{asked.pk}"
    _refuse_naming(person, "reason", reason)
    if person.user:
        # Nothing new can name the person meanwhile.
        get_user_model().objects.select_for_update(of=("self",)).get(pk=person.user.pk)
    tables = held_on(person)
    values = values_of(tables, person)
    cancel_rest_to(address=person.address)
    _end_contacts(person, actor)
    _delete(person)
    if person.user:
        _give_to_stand_in(person, actor)
    _replace_everywhere(person.address, word)
    _replace_in(tables, values, word)
    asked = PersonRequest.objects.get(pk=asked.pk)
    asked.erased_at, asked.erased_by = timezone.now(), actor.user
    asked.save(update_fields=["erased_at", "erased_by"])
    record_event(action=Action.PERSON_ERASED, subject=asked, actor=actor.user, reason=reason)
    content_changed()


def fate_of(table: Table) -> str:
    """What erasing does to the rows of a table, and why some stay: for the page that asks for it."""
    if table.model in DELETED:
        return _("削除します。")
    if table.model is Member:
        return _("利用を停止し、氏名と本人とのつながりを消します。団体に担当者がいた事実は残ります。")
    if not _may_update(table.model):
        return _("そのまま残ります。だれがいつ何をしたかの記録は、書き換えられないことで公正さを守ります。")
    return _(
        "行は残し、アドレス・氏名・電話番号・本人とのつながりを「消去済み」に置き換えます。登録の決定や、団体の名前で公表した報告は、事業と団体の記録だからです。"
    )


def values_of(tables: Collection[Table], person: Person) -> set[str]:
    """The names and phone numbers that stand beside the address."""
    found = set()
    for table in tables:
        label = table.model._meta.label_lower
        for key, row in table.rows.items():
            for name in table.matched.get(key, set()) | (_own_columns(table) if key in table.own else set()):
                last = name.rpartition("_")[2]
                if label in OF_ORGANISATIONS or last not in NAMES + PHONES:
                    continue
                value = str(getattr(row, name, "") or "").strip()
                if len(value) >= (2 if last in NAMES else 6):
                    found.add(value)
        if label in OF_ORGANISATIONS:
            found |= {
                str(value).strip()
                for row in table.rows.values()
                for name, value in row.data.items()
                if name in ("contact_name", "contact_kana", "contact_phone") and len(str(value).strip()) >= 2
            }
    return found


def _own_columns(table: Table) -> set[str]:
    """Of a row that is the person's. What hangs on it may say something of others: there only known values go."""
    is_theirs = table.model is Member or any(one.name == "email" for one in table.model._meta.concrete_fields)
    return {one.name for one in text_fields(table.model) if "_" not in one.name} if is_theirs else set()


def _refuse_naming(person: Person, field: str, text: str) -> None:
    if person.address in text.lower():
        raise ValidationError({field: _("記録に残るため、アドレスは書かないでください。")})


def _end_contacts(person: Person, actor: Actor) -> None:
    """Where the person is a partner's contact; in the order of the keys, like everybody who locks partners."""
    columns = [one.name for one in Partner._meta.concrete_fields if one.name.startswith("contact_")]
    for pk in Partner.objects.filter(contact_email__iexact=person.address).order_by("pk").values_list("pk", flat=True):
        empty = {name: column_of(name).get_default() for name in columns}
        change_partner(partner=lock_partner(pk), values=empty | {"contact_name": GONE}, actor=actor)


def _delete(person: Person) -> None:
    for model in DELETED:
        wanted = Q()
        for one in people_fields(model):
            if person.user and one.name == "user":
                wanted |= Q(user=person.user)
        for one in people_fields(model, Member):
            wanted |= Q(**{f"{one.name}__in": person.members})
        for one in text_fields(model):
            if "address" in one.name:
                wanted |= Q(**{f"{one.name}__iexact": person.address})
        if wanted:
            model._base_manager.filter(wanted).delete()


def _give_to_stand_in(person: Person, actor: Actor) -> None:
    stand_in = get_user_model().objects.create_user(
        email=f"{uuid.uuid4().hex}@erased.invalid", name=GONE, is_active=False
    )
    for member in Member.objects.filter(user=person.user).order_by("partner_id"):
        try:
            end_place(member=member, stand_in=stand_in, name=GONE, actor=actor)
        except LastOwner as error:
            # Somebody else left since it was asked above.
            raise ValidationError(_("ただ一人の代表です。もう一度お確かめください。")) from error
    for model in tenant_models():
        if _may_update(model):
            for one in people_fields(model):
                model._base_manager.filter(**{one.name: person.user}).update(**{one.name: stand_in})
    here = {f"data__{PROGRAMME}": current_programme_id()}
    for session in UserSession.objects.filter(user=person.user, **here):
        end_session(session)


def _may_update(model: type[models.Model]) -> bool:
    return "UPDATE" in str(getattr(model, "database_rights", ""))


def _replace_everywhere(address: str, word: str) -> None:
    for model in tenant_models():
        if _may_update(model):
            _replace(model, text_fields(model), pattern_of(address), rf"\1{word}", None)


def _replace_in(tables: Collection[Table], values: Collection[str], word: str) -> None:
    """Only in rows that have to do with the person: somebody else may bear the same name."""
    if not values:
        return
    longest_first = sorted(values, key=len, reverse=True)
    pattern = "|".join(re.escape(value) for value in longest_first)
    for table in tables:
        # The directory index, whose rows have no number of their own, follows its partners.
        if _may_update(table.model) and table.model is not Partner and len(table.model._meta.pk_fields) == 1:
            _replace(table.model, text_fields(table.model), pattern, word, list(table.rows))


def _replace(
    model: type[models.Model], fields: Collection[Any], pattern: str, word: str, keys: list[Any] | None
) -> None:
    """One statement for a table; nothing is written where nothing matches."""
    if not fields:
        return
    quote = connection.ops.quote_name
    sets: list[str] = []
    where: list[str] = []
    values: list[Any] = []
    last: list[Any] = []
    for one in fields:
        column = quote(one.column)
        new = f"regexp_replace({column}::text, %s, %s, 'gi')"
        if isinstance(one, models.CharField) and not isinstance(one, ArrayField) and one.max_length:
            new = f"left({new}, {one.max_length})"
        sets.append(
            f"{column} = CASE WHEN {column}::text ~* %s THEN ({new})::{one.db_type(connection)} ELSE {column} END"
        )
        where.append(f"{column}::text ~* %s")
        values += [pattern, pattern, word]
        last.append(pattern)
    query = f"UPDATE {quote(model._meta.db_table)} SET {', '.join(sets)} WHERE ({' OR '.join(where)})"  # noqa: S608
    if keys is not None:
        query += f" AND {quote(str(model._meta.pk.column))} = ANY(%s)"
        last.append(keys)
    with connection.cursor() as cursor:
        cursor.execute(query, values + last)
