"""What a partner says about itself: changed by its own people, or by staff on its behalf."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partners.edits import changed_since
from partners.fields import FIELDS, Visibility
from partners.models import Activity, Partner
from partners.rules import may_edit_profile
from partners.services.records import change_partner, lock_partner, record_activity
from portal.web.access import Actor


class ChangedMeanwhile(ValueError):
    """Somebody else has changed what the form showed; `names` says what."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


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


def editable_partner(partner_id: int, actor: Actor) -> Partner:
    """Locked, for somebody who may edit it."""
    if not may_edit_profile(actor, partner_id):
        raise PermissionDenied
    return lock_partner(partner_id)


def note_edit(partner: Partner) -> None:
    """Once a day on the timeline, however many pages were edited."""
    today = timezone.localdate()
    record_activity(
        partner=partner, kind=Activity.Kind.PROFILE, title="登録情報を更新", key=f"profile:{today}", on=today
    )
