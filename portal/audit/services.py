"""Putting on record. Called inside the transaction of the service that did the thing."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connections, models, transaction

from portal.audit.models import Action, AuditEvent, PlatformEvent
from portal.tenancy.models import Programme, TenantModel
from portal.tenancy.scope import NoProgramme, current_programme, current_programme_or_none


def record_event(
    *,
    action: Action,
    subject: models.Model,
    actor: models.Model | None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    personal: Collection[str] = (),
    reason: str = "",
) -> AuditEvent | PlatformEvent:
    """`personal` names the changed fields whose values must not be kept.

    What is written here stays for as long as the programme keeps its record. `reason` is why staff did what must be
    accounted for: an end, a removal, a revocation. Words to or from a partner (answers, comments, corrections) stand in
    the row itself, and only there.
    """
    table: type[AuditEvent | PlatformEvent] = AuditEvent
    if current_programme_or_none() is None:
        if isinstance(subject, TenantModel):
            raise NoProgramme("A row of a programme is put on that programme's record.")
        table = PlatformEvent
    return table.objects.create(
        action=Action(action),
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        actor_id=actor.pk if actor else None,
        changes={
            field: None if field in personal else [_plain(before), _plain(after)]
            for field, (before, after) in (changes or {}).items()
        },
        reason=reason,
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict | type(None)) else str(value)


OWNER = "owner"
# Records that are deleted in one transaction: the first time there may be millions.
SLICE = 10_000


def forget_records() -> int:
    """Delete what is older than the programme's rule, slice by slice, as the owner of the tables.

    Each slice puts on record what it deleted. That stays: it says why there is nothing older.
    """
    programme, total = current_programme(), 0
    while programme.record_years is not None and (count := _forget_slice(programme, programme.record_years)):
        total += count
    return total


def _forget_slice(programme: Programme, years: int) -> int:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        # By the database's clock and calendar, like the trigger that lets it.
        cursor.execute(
            "DELETE FROM audit_auditevent WHERE id IN (SELECT id FROM audit_auditevent"
            " WHERE at < now() - make_interval(years => %s) AND action <> %s ORDER BY id LIMIT %s)",
            [years, Action.RECORDS_FORGOTTEN, SLICE],
        )
        count: int = cursor.rowcount
        if count:
            AuditEvent.objects.using(OWNER).create(
                programme_id=programme.pk,
                action=Action.RECORDS_FORGOTTEN,
                subject_type=programme._meta.label_lower,
                subject_id=str(programme.pk),
                changes={"rows": [None, count], "record_years": [None, years]},
            )
    return count
