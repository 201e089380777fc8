"""What every change of a partner brings with it. All other services change a partner only through `change_partner`.

A change is saved once, and then: the dated facts follow, the directory finds it, the public pages know that they are
old, and it is on record.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from partners.fields import FIELDS, personal_fields
from partners.models import Activity, DirectoryKey, Fact, Partner
from partners.queries.directory import FACETS
from partners.queries.partners import sections_in_use
from partners.search import LISTED, folded, text_keys
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor
from portal.web.content import content_changed
from portal.web.languages import JAPANESE, address_in
from portal.web.registry import names_followed

# So many partners are written to the index in one transaction.
AT_ONCE = 200
INDEX = "partners.tasks.index_directory"


def lock_partner(partner_id: int) -> Partner:
    """The row as it is now, until the transaction ends. Rows that name the partner may be written by others meanwhile."""
    return Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)


@transaction.atomic
def change_partner(
    *,
    partner: Partner,
    values: Mapping[str, Any],
    actor: Actor,
    action: Action = Action.PARTNER_CHANGED,
    reason: str = "",
    on: date | None = None,
) -> list[str]:
    """Write the values that differ; the names of what changed. `partner` is locked (`lock_partner`) or new.

    `on` is the day from which the change counts in the dated facts: today, unless it was true before.
    """
    [names] = change_partners(changes=[(partner, values)], actor=actor, action=action, reason=reason, on=on)
    return names


@transaction.atomic
def change_partners(
    *,
    changes: Sequence[tuple[Partner, Mapping[str, Any]]],
    actor: Actor,
    action: Action = Action.PARTNER_CHANGED,
    reason: str = "",
    on: date | None = None,
) -> list[list[str]]:
    """The same for many. What everybody waits for (`content_changed`) comes last."""
    written = [_write(partner, values, actor, action, reason) for partner, values in changes]
    if changed := [partner for (partner, _values), names in zip(changes, written, strict=True) if names]:
        show_partners(changed, on=on)
    if renamed := [partner.pk for (partner, _values), names in zip(changes, written, strict=True) if "name" in names]:
        for follow in names_followed:
            follow(renamed)
    return written


def _write(partner: Partner, values: Mapping[str, Any], actor: Actor, action: Action, reason: str) -> list[str]:
    changes = {
        name: (getattr(partner, name), value) for name, value in values.items() if getattr(partner, name) != value
    }
    if changes:
        kind = partner.kind
        for name, (_before, after) in changes.items():
            setattr(partner, name, after)
        partner.revision += 1
        partner.changed_at = timezone.now()
        partner.save()
        record_event(
            action=action,
            subject=partner,
            actor=actor.user,
            changes=changes,
            personal=personal_fields(kind, partner.kind),
            reason=reason,
        )
    return list(changes)


@transaction.atomic
def add_partner(*, values: Mapping[str, Any], actor: Actor, reason: str = "", on: date | None = None) -> Partner:
    [partner] = add_partners(several=[values], actor=actor, reason=reason, on=on)
    return partner


@transaction.atomic
def add_partners(
    *, several: Sequence[Mapping[str, Any]], actor: Actor, reason: str = "", on: date | None = None
) -> list[Partner]:
    """`on`, without which it is each partner's day of approval, is the day from which the facts hold."""
    partners = [Partner.objects.create(**values) for values in several]
    for partner in partners:
        record_event(action=Action.PARTNER_ADDED, subject=partner, actor=actor.user, reason=reason)
    by_day: dict[date | None, list[Partner]] = defaultdict(list)
    for partner in partners:
        by_day[on or partner.approved_on].append(partner)
    for day, added in by_day.items():
        show_partners(added, on=day)
    return partners


def show_partners(partners: Sequence[Partner], on: date | None = None) -> None:
    """After any save: facts, index and public pages follow. A handful of queries, however many partners."""
    note_facts(partners, on or timezone.localdate())
    index_partners(partners)
    content_changed()


def reissue(partner: Partner) -> dict[str, date]:
    """What a new name writes beside itself: the certificate that the partner has is another one from today on."""
    return {"certificate_reissued_on": timezone.localdate()} if partner.number else {}


def facts_of(partner: Partner) -> set[tuple[str, str]]:
    """What statistics will ask about, as (field, value)."""
    several = {Fact.Field.GOALS: partner.goals, Fact.Field.THEMES: partner.themes}
    single = {
        Fact.Field.STATE: partner.state,
        Fact.Field.ENDING: partner.ending,
        Fact.Field.NAME: partner.name,
        Fact.Field.KIND: partner.kind,
        Fact.Field.BATCH: partner.batch_id or "",
        Fact.Field.MUNICIPALITY: partner.municipality,
        Fact.Field.INDUSTRY_DIVISION: partner.industry_division,
    }
    return {(field, str(value)) for field, value in single.items() if value != ""} | {
        (field, str(value)) for field, values in several.items() for value in values
    }


def note_facts(partners: Sequence[Partner], on: date) -> None:
    wanted = {(partner.pk, *fact) for partner in partners for fact in facts_of(partner)}
    open_facts = {
        (fact.partner_id, fact.field, fact.value): fact for fact in Fact.objects.open().filter(partner__in=partners)
    }
    ended = [fact for key, fact in open_facts.items() if key not in wanted]
    # What began on the same day was so at the end of none.
    Fact.objects.filter(pk__in=[fact.pk for fact in ended if fact.since >= on]).delete()
    ended = [fact for fact in ended if fact.since < on]
    for fact in ended:
        fact.until = on
    Fact.objects.bulk_update(ended, ["until"])
    Fact.objects.bulk_create(
        Fact(partner_id=partner_id, field=field, value=value, since=on)
        for partner_id, field, value in sorted(wanted - set(open_facts))
    )


def directory_keys_of(partner: Partner, sections: list[str]) -> set[str]:
    """By what everybody may see of a partner it is found; by nothing while it is not listed."""
    if not partner.is_listed:
        return set()
    facets = {
        f"{facet.name}:{value}"
        for facet in FACETS
        if not facet.field or partner.is_public(facet.field, sections)
        for value in _values(getattr(partner, facet.reads))
    }
    return facets | text_keys(partner.folded) | {LISTED}


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def searched_text(partner: Partner, former_names: Collection[str], sections: list[str]) -> str:
    """Only what everybody may see is found."""
    shown = [
        getattr(partner, field.name)
        for field in FIELDS.values()
        if field.is_searched and partner.is_public(field.name, sections)
    ]
    return folded([*shown, *former_names])


def index_partners(partners: Sequence[Partner]) -> None:
    sections = sections_in_use()
    former: dict[int, list[str]] = defaultdict(list)
    for partner_id, name in Fact.objects.filter(partner__in=partners, field=Fact.Field.NAME).values_list(
        "partner", "value"
    ):
        former[partner_id].append(name)
    changed = {}
    for partner in partners:
        text = searched_text(partner, [name for name in former[partner.pk] if name != partner.name], sections)
        if text != partner.folded:
            partner.folded = changed[partner.pk] = text
    _write_folded(changed)
    wanted = {(partner.pk, key) for partner in partners for key in directory_keys_of(partner, sections)}
    existing = set(DirectoryKey.objects.filter(partner__in=partners).values_list("partner_id", "key"))
    for partner_id, keys in groupby(sorted(existing - wanted), key=itemgetter(0)):
        DirectoryKey.objects.filter(partner_id=partner_id, key__in=[key for _id, key in keys]).delete()
    DirectoryKey.objects.bulk_create(
        [DirectoryKey(partner_id=partner_id, key=key) for partner_id, key in sorted(wanted - existing)], batch_size=5000
    )


def _write_folded(texts: Mapping[int, str]) -> None:
    """In one statement of fixed length: Django's spells out a case for each partner, which takes it longer to write."""
    if texts:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE partners_partner SET folded = new.folded"
                " FROM unnest(%s::bigint[], %s::text[]) AS new (id, folded) WHERE partners_partner.id = new.id",
                [list(texts), list(texts.values())],
            )


def index_all() -> None:
    """After the programme chose other sections. Each partner is locked while it is read and written."""
    last: int | None = 0
    while last is not None:
        with transaction.atomic():
            found = Partner.objects.select_for_update(of=("self",), no_key=True).filter(pk__gt=last).order_by("pk")
            partners = list(found[:AT_ONCE])
            index_partners(partners)
            last = max((partner.pk for partner in partners), default=None)
    with transaction.atomic():
        content_changed()


def record_activity(
    *, partner: Partner, kind: Activity.Kind, title: str | Promise, key: str, on: date | None = None, path: str = ""
) -> Activity:
    """One line of the partner's timeline; the same key is written once.

    The timeline keeps one language, whoever writes: a lazy title is read in Japanese, and no address says a language.
    """
    with override(JAPANESE):
        words = str(title)[:200]
    activity, _is_new = Activity.objects.get_or_create(
        partner=partner,
        key=key,
        defaults={
            "kind": kind,
            "title": words,
            "path": path and address_in(JAPANESE, path),
            "on": on or timezone.localdate(),
        },
    )
    return activity


def forget_activity(*, partner: Partner, key: str) -> None:
    """What was written by mistake; what is right stays as it is."""
    Activity.objects.filter(partner=partner, key=key).delete()
