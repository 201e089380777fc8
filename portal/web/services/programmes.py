"""Changing a programme's settings, its hosts and its logo: checked, on record, and undone from the record."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.models import Action, AuditEvent
from portal.audit.services import record_event
from portal.tenancy.models import Programme, ProgrammeHost
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import Logo
from portal.web.services.pages import lay_standard_pages

# What approvers set for their own programme. The rest is the operators'.
SETTINGS = (
    "name", "name_en", "short_name", "operator", "operator_en", "prefecture_code",
    "introduction", "introduction_en", "introduction_easy",
    "office", "office_en", "address", "phone", "hours", "email", "sender",
    "palette", "languages", "features", "wording", "second_approval", "password_rule", "staff_networks",
    "record_years", "inquiry_years",
)  # fmt: skip
OPERATORS_ALONE = ("slug", "is_public")
LOGO = "logo"


@transaction.atomic
def change_programme(
    *,
    programme: Programme,
    values: Mapping[str, Any],
    actor: Actor,
    logo: tuple[bytes, str] | None = None,
    reason: str = "",
) -> Programme:
    """Set what is named in `values`, and nothing else; `logo` is the picture with its type, or empty to remove it."""
    _may_change(programme, values, actor)
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    changes = {name: (getattr(programme, name), value) for name, value in values.items()}
    changes = {name: (before, after) for name, (before, after) in changes.items() if before != after}
    with programme_scope(programme):
        if logo is not None and logo[0] != bytes(programme.logo):
            changes[LOGO] = (_keep(bytes(programme.logo), programme.logo_type), _keep(*logo))
            programme.logo, programme.logo_type = logo
        if not changes:
            return programme
        for name, (_before, after) in changes.items():
            if name != LOGO:
                setattr(programme, name, after)
        programme.full_clean(exclude=[LOGO])
        programme.save()
        record_event(
            action=Action.PROGRAMME_CHANGED, subject=programme, actor=actor.user, changes=changes, reason=reason
        )
    return programme


@transaction.atomic
def create_programme(*, programme: Programme, actor: Actor | None, logo: tuple[bytes, str] | None = None) -> Programme:
    """Without an actor it is a command of the server."""
    _only_operators(actor)
    programme.logo, programme.logo_type = logo or (b"", "")
    programme.full_clean(exclude=[LOGO])
    programme.save()
    with programme_scope(programme):
        lay_standard_pages(programme)
        record_event(action=Action.PROGRAMME_CREATED, subject=programme, actor=actor.user if actor else None)
    return programme


@transaction.atomic
def change_hosts(
    *, programme: Programme, kept: Iterable[ProgrammeHost], removed: Iterable[ProgrammeHost], actor: Actor | None
) -> None:
    """Save and delete host names. The one for links comes last: there are never two, not even for a moment."""
    _only_operators(actor)
    before = _host_names(programme)
    for host in removed:
        host.delete()
    for host in sorted(kept, key=lambda host: host.is_primary):
        host.save()
    if (after := _host_names(programme)) != before:
        with programme_scope(programme):
            changes = {"hosts": (before, after)}
            record_event(
                action=Action.PROGRAMME_CHANGED, subject=programme, actor=actor.user if actor else None, changes=changes
            )


def _only_operators(actor: Actor | None) -> None:
    if actor is not None and not actor.is_operator:
        raise PermissionDenied


def _host_names(programme: Programme) -> list[str]:
    """The one for links first."""
    return list(programme.hosts.order_by("-is_primary", "name").values_list("name", flat=True))


def former_values(*, programme: Programme, event: AuditEvent) -> dict[str, tuple[Any, Any]]:
    """Field → now, and as it was before the event; only what would change. Logos are named by their digest."""
    now = {name: getattr(programme, name) for name in SETTINGS} | {LOGO: _digest(bytes(programme.logo))}
    kept = {name: values[0] for name, values in event.changes.items() if name in now and values}
    return {name: (now[name], former) for name, former in kept.items() if former != now[name]}


def restore_programme(*, programme: Programme, event: AuditEvent, actor: Actor) -> Programme:
    """Bring back what an event changed, as it was before; what was changed elsewhere since stays."""
    if event.subject_id != str(programme.pk) or event.action != Action.PROGRAMME_CHANGED:
        raise ValidationError(_("この記録からは戻せません。"))
    former = {name: before for name, (_now, before) in former_values(programme=programme, event=event).items()}
    logo = _logo(former.pop(LOGO)) if LOGO in former else None
    return change_programme(
        programme=programme,
        values=former,
        logo=logo,
        actor=actor,
        reason=_("%sの変更の取消し") % f"{event.at:%Y-%m-%d %H:%M}",
    )


def _may_change(programme: Programme, values: Mapping[str, Any], actor: Actor) -> None:
    fields = set(SETTINGS) | (set(OPERATORS_ALONE) if actor.is_operator else set())
    if not (actor.is_operator or actor.is_staff(StaffRole.APPROVER)) or set(values) - fields:
        raise PermissionDenied


def _keep(image: bytes, image_type: str) -> str:
    """The picture's digest; the picture itself is kept, so that it can come back."""
    if image:
        Logo.objects.get_or_create(digest=_digest(image), defaults={"image": image, "image_type": image_type})
    return _digest(image)


def _digest(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest() if image else ""


def _logo(digest: str) -> tuple[bytes, str]:
    if not digest:
        return b"", ""
    kept = Logo.objects.get(digest=digest)
    return bytes(kept.image), kept.image_type


def logo_address(image: bytes, image_type: str) -> str:
    """The picture inside the page itself, for a preview before it has an address."""
    return f"data:{image_type};base64,{base64.b64encode(image).decode()}" if image else ""
