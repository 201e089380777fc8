"""Changing a programme's settings, its hosts and its logo: checked, on record, and undone from the record.

Two settings are not changed by one person alone: which deeds need a second approver may only grow without one, and the
years for which the record is kept wait for one where the programme chose so. Operators are not bound by it: they are the
way out when a programme has no second approver any more.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.models import Action, AuditEvent
from portal.audit.services import record_event
from portal.tenancy.models import Programme, ProgrammeHost
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest, Logo
from portal.web.registry import approvals
from portal.web.services.approvals import ask_approval
from portal.web.services.pages import lay_standard_pages

# What approvers set for their own programme. The rest is the operators'.
SETTINGS = (
    "name", "name_en", "short_name", "operator", "operator_en", "prefecture_code",
    "introduction", "introduction_en", "introduction_easy",
    "office", "office_en", "address", "address_en", "phone", "hours", "hours_en", "email", "sender",
    "palette", "languages", "features", "wording", "second_approval", "password_rule", "staff_networks",
    "record_years", "inquiry_years",
)  # fmt: skip
OPERATORS_ALONE = ("slug", "is_public")
LOGO = "logo"
# Deeds for another approver (portal.web.registry.approvals).
FEWER_APPROVALS = "web.fewer_approvals"
RECORD_YEARS = "web.record_years"


@transaction.atomic
def change_programme(
    *,
    programme: Programme,
    values: Mapping[str, Any],
    actor: Actor,
    logo: tuple[bytes, str] | None = None,
    reason: str = "",
) -> list[ApprovalRequest]:
    """Set what is named in `values`, and nothing else; `logo` is the picture with its type, or empty to remove it.

    What another approver must agree to first stays as it is, and comes back as what was asked.
    """
    _may_change(programme, values, actor)
    is_bound = not actor.is_operator
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    with programme_scope(programme):
        now, later = _apart(programme, values, reason) if is_bound else (values, [])
        _set(programme, now, actor, logo, reason)
        return [_ask(programme, wish, actor) for wish in later]


@dataclass(frozen=True)
class Wish:
    """A change that waits for another approver."""

    deed: str
    field: str
    what: str
    data: Mapping[str, Any]


def _apart(programme: Programme, values: Mapping[str, Any], reason: str) -> tuple[dict[str, Any], list[Wish]]:
    """What may be set at once, and what only with another approver."""
    now, later = dict(values), []
    chosen = now.get("second_approval", programme.second_approval)
    if ended := [name for name in programme.second_approval if name in approvals and name not in chosen]:
        now["second_approval"] = [name for name in approvals.names() if name in chosen or name in ended]
        labels = "」「".join(str(approvals[name].label) for name in ended)
        what = _("次の操作を、二人目の承認なしでできるようにします：「%s」") % labels
        later.append(Wish(FEWER_APPROVALS, "second_approval", what, {"names": ended, "reason": reason}))
    before = programme.record_years
    if RECORD_YEARS in programme.second_approval and (after := now.pop("record_years", before)) != before:
        programme._meta.get_field("record_years").clean(after, programme)
        what = _("操作の記録を残す年数を変えます：%(before)s → %(after)s") % {
            "before": _years(before), "after": _years(after),
        }  # fmt: skip
        data = {"before": before, "after": after, "reason": reason}
        later.append(Wish(RECORD_YEARS, "record_years", what, data))
    return now, later


def _years(years: int | None) -> str:
    return _("消さない") if years is None else _("%d年") % years


def _ask(programme: Programme, wish: Wish, actor: Actor) -> ApprovalRequest:
    try:
        return ask_approval(name=wish.deed, subject=programme, what=wish.what, data=wish.data, actor=actor)
    except ValidationError as refusal:
        raise ValidationError({wish.field: refusal.messages}) from refusal


def end_second_approval(*, subject_id: str, data: Mapping[str, Any], actor: Actor) -> None:
    """Another approver agreed. What was chosen since then stays."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=subject_id)
    left = [name for name in programme.second_approval if name not in data["names"]]
    _set(programme, {"second_approval": left}, actor, reason=data["reason"])


def set_record_years(*, subject_id: str, data: Mapping[str, Any], actor: Actor) -> None:
    """Another approver agreed to just this step."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=subject_id)
    if programme.record_years != data["before"]:
        raise ValidationError(_("依頼のあとに年数が変わりました。差し戻して、もう一度依頼してもらってください。"))
    _set(programme, {"record_years": data["after"]}, actor, reason=data["reason"])


def _set(
    programme: Programme,
    values: Mapping[str, Any],
    actor: Actor,
    logo: tuple[bytes, str] | None = None,
    reason: str = "",
) -> None:
    changes = {name: (getattr(programme, name), value) for name, value in values.items()}
    changes = {name: (before, after) for name, (before, after) in changes.items() if before != after}
    if logo is not None and logo[0] != bytes(programme.logo):
        changes[LOGO] = (_keep(bytes(programme.logo), programme.logo_type), _keep(*logo))
        programme.logo, programme.logo_type = logo
    if not changes:
        return
    for name, (_before, after) in changes.items():
        if name != LOGO:
            setattr(programme, name, after)
    programme.full_clean(exclude=[LOGO])
    programme.save()
    record_event(action=Action.PROGRAMME_CHANGED, subject=programme, actor=actor.user, changes=changes, reason=reason)


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


def restore_programme(*, programme: Programme, event: AuditEvent, actor: Actor) -> list[ApprovalRequest]:
    """Bring back what an event changed, as it was before; what was changed elsewhere since stays. Like any change,
    this may have to wait for another approver."""
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
