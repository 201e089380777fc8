"""Putting on record. Called inside the transaction of the service that did the thing."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models

from portal.audit.models import Action, AuditEvent


def record_event(
    *,
    action: Action,
    subject: models.Model,
    actor: models.Model | None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    personal: Collection[str] = (),
    reason: str = "",
) -> AuditEvent:
    """`personal` names the changed fields whose values must not be kept."""
    return AuditEvent.objects.create(
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
