"""What a partner says about itself: changed by its own people, or by staff on its behalf."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partners.edits import ChangedMeanwhile, changed_since
from partners.fields import FIELDS, Visibility
from partners.models import Activity, Equipment, Fact, Office, Partner
from partners.rules import may_edit_profile
from partners.services.records import change_partner, lock_partner, record_activity, reissue
from partners.services.telling import tell_owners
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.web.access import Actor, only_staff
from portal.web.content import content_changed
from portal.web.models import OnBehalf

Row = Office | Equipment
LOGO = "logo"
MOST_ROWS = 200


@transaction.atomic
def edit_profile(*, partner_id: int, values: Mapping[str, Any], seen: str, actor: Actor) -> list[str]:
    """The names of what changed. `seen` is the stamp of the values that the person looked at (edits.py)."""
    partner = editable_partner(partner_id, actor)
    if locked := [name for name in values if FIELDS[name].is_locked]:
        raise PermissionDenied(f"Kept by the programme: {locked}")
    if drift := changed_since(seen, {name: getattr(partner, name) for name in values}):
        raise ChangedMeanwhile(drift)
    changed = change_partner(partner=partner, values=values, actor=actor)
    if changed:
        note_edit(partner)
    return changed


@transaction.atomic
def choose_visibility(*, partner_id: int, chosen: Mapping[str, Visibility], seen: str, actor: Actor) -> list[str]:
    """Who sees which field; what the programme has fixed is not asked."""
    partner = editable_partner(partner_id, actor)
    if fixed := [name for name in chosen if FIELDS[name].is_fixed]:
        raise PermissionDenied(f"Fixed by the programme: {fixed}")
    now = {name: str(partner.visibility_of(name)) for name in chosen}
    if drift := changed_since(seen, now):
        raise ChangedMeanwhile(drift)
    differing = [name for name, value in chosen.items() if str(value) != now[name]]
    kept = partner.visibility | {name: str(chosen[name]) for name in differing}
    change_partner(partner=partner, values={"visibility": kept}, actor=actor)
    return differing


@transaction.atomic
def save_row(
    *, row: Row, values: Mapping[str, Any], seen: str, actor: Actor, on_behalf: OnBehalf | None = None
) -> None:
    """An office or a piece of equipment, new or changed."""
    partner = _partner_for(row.partner_id, actor, on_behalf)
    rows = type(row).objects
    before = ""
    if row.pk is None:
        if rows.filter(partner=partner).count() >= MOST_ROWS:
            raise ValidationError(_("登録できるのは%d件までです。") % MOST_ROWS)
    else:
        row = rows.get(pk=row.pk, partner=partner)
        if drift := changed_since(seen, {name: getattr(row, name) for name in values}):
            raise ChangedMeanwhile(drift)
        before = row.in_words
    for name, value in values.items():
        setattr(row, name, value)
    if row.in_words != before:
        row.save()
        _note_row(partner, row, (before, row.in_words), actor, on_behalf)


@transaction.atomic
def remove_row(*, row: Row, actor: Actor, on_behalf: OnBehalf | None = None) -> None:
    partner = _partner_for(row.partner_id, actor, on_behalf)
    found = type(row).objects.filter(pk=row.pk, partner=partner).first()
    if found:
        _note_row(partner, found, (found.in_words, ""), actor, on_behalf)
        found.delete()


def _note_row(partner: Partner, row: Row, change: tuple[str, str], actor: Actor, on_behalf: OnBehalf | None) -> None:
    _touch(partner)
    _record_entry(partner, {row._meta.label_lower: change}, [], actor, on_behalf)


def _record_entry(
    partner: Partner, changes: Mapping[str, Any], personal: Sequence[str], actor: Actor, on_behalf: OnBehalf | None
) -> None:
    """On record; what staff entered is told to the owners, what the partner changed itself stands on its timeline."""
    record_event(
        action=Action.PARTNER_ENTERED if on_behalf else Action.PARTNER_CHANGED,
        subject=partner,
        actor=actor.user,
        changes=changes,
        personal=personal,
        reason=on_behalf.reason if on_behalf else "",
    )
    if on_behalf:
        _tell_entered(partner, list(changes), on_behalf)
    else:
        note_edit(partner)


def _tell_entered(partner: Partner, names: Sequence[str], on_behalf: OnBehalf) -> None:
    tell_owners(
        message="partners.entered",
        partner=partner,
        key=str(partner.revision),
        data={"fields": list(names), "how": on_behalf.how.value, "why": on_behalf.why},
    )


@transaction.atomic
def set_logo(
    *,
    partner_id: int,
    files: Sequence[StoredFile],
    alt: str,
    actor: Actor,
    on_behalf: OnBehalf | None = None,
) -> None:
    """One picture, or none. The pages show it by the key in the partner's own row."""
    partner = _partner_for(partner_id, actor, on_behalf)
    before = StoredFile.objects.of(partner, LOGO).first()
    set_files(owner=partner, slot=LOGO, files=files, actor=actor.user, is_shown=True)
    after = files[0] if files else None
    changes: dict[str, Any] = {}
    if before != after:
        partner.logo = str(after.key) if after else ""
        # A file's name is whatever its sender called it, which may be a person.
        changes["logo"] = (None, None)
    if partner.logo_alt != alt:
        changes["logo_alt"] = (partner.logo_alt, alt)
        partner.logo_alt = alt
    if changes:
        _touch(partner)
        _record_entry(partner, changes, ["logo"], actor, on_behalf)


def _touch(partner: Partner) -> None:
    partner.revision += 1
    partner.changed_at = timezone.now()
    partner.save()
    content_changed()


@transaction.atomic
def enter_for_partner(
    *,
    partner_id: int,
    values: Mapping[str, Any],
    seen: str,
    on_behalf: OnBehalf,
    actor: Actor,
    on: date | None = None,
) -> list[str]:
    """代理入力: staff write what a partner told them. Marked on the record, and told to the partner's owners.

    Also what the programme keeps; `on` is the day from which that is so.
    """
    only_staff(actor)
    if on and on > timezone.localdate():
        raise ValidationError({"on": _("先の日付は選べません。")})
    partner = lock_partner(partner_id)
    if drift := changed_since(seen, {name: getattr(partner, name) for name in values}):
        raise ChangedMeanwhile(drift)
    differing = [name for name, value in values.items() if getattr(partner, name) != value]
    if on and Fact.objects.open().filter(partner=partner, field__in=differing, since__gt=on).exists():
        raise ValidationError({"on": _("今の値になった日より前の日付は選べません。")})
    values = {**values, **(reissue(partner) if "name" in differing else {})}
    changed = change_partner(
        partner=partner, values=values, actor=actor, action=Action.PARTNER_ENTERED, reason=on_behalf.reason, on=on
    )
    if changed:
        _tell_entered(partner, [name for name in changed if name in FIELDS], on_behalf)
    return changed


@transaction.atomic
def correct_given(*, partner_id: int, values: Mapping[str, Any], actor: Actor) -> list[str]:
    """What the programme itself gives a partner: its batch, its day of approval, the day on its certificate."""
    only_staff(actor)
    return change_partner(partner=lock_partner(partner_id), values=values, actor=actor)


def editable_partner(partner_id: int, actor: Actor) -> Partner:
    """Locked, for somebody who may edit it."""
    if not may_edit_profile(actor, partner_id):
        raise PermissionDenied
    return lock_partner(partner_id)


def _partner_for(partner_id: int, actor: Actor, on_behalf: OnBehalf | None) -> Partner:
    """Locked, for one of its own people, or for staff who say why."""
    if on_behalf is None:
        return editable_partner(partner_id, actor)
    only_staff(actor)
    return lock_partner(partner_id)


def note_edit(partner: Partner) -> None:
    """Once a day on the timeline, however many pages were edited."""
    today = timezone.localdate()
    record_activity(
        partner=partner,
        kind=Activity.Kind.PROFILE,
        title=gettext_noop("登録情報を更新"),
        key=f"profile:{today}",
        on=today,
    )
