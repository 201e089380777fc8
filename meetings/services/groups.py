"""A partner joins a local group or leaves it; staff put photographs and files beside a group's result."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from meetings.models import GroupResult, GroupWish, LocalGroup
from meetings.models.groups import PAPERS, PHOTOS
from meetings.services.seats import refuse_who_may_not_take_part
from partners.services.records import lock_partner
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.web.access import Actor, MemberRole, only_staff
from portal.web.content import content_changed


@transaction.atomic
def join_group(*, group: LocalGroup, actor: Actor) -> bool:
    """False: it belongs to it already."""
    refuse_who_may_not_take_part(actor)
    return _wish(group, True, actor)


@transaction.atomic
def leave_group(*, group: LocalGroup, actor: Actor) -> bool:
    """Also where the partner belongs by its place. False: it does not belong to it."""
    if not actor.is_member(MemberRole.EDITOR):
        raise PermissionDenied
    return _wish(group, False, actor)


def _wish(group: LocalGroup, is_in: bool, actor: Actor) -> bool:
    # Pressed at the same moment by two people of one partner, it is said once.
    partner = lock_partner(actor.place.partner_id)
    if LocalGroup.objects.of(partner).filter(pk=group.pk).exists() == is_in:
        return False
    said = {"is_in": is_in, "made_by": actor.user, "made_at": timezone.now()}
    wish, _is_new = GroupWish.objects.update_or_create(group=group, partner=partner, defaults=said)
    record_event(action=Action.GROUP_JOINED if is_in else Action.GROUP_LEFT, subject=wish, actor=actor.user)
    return True


@transaction.atomic
def set_result_files(
    *, result: GroupResult, photos: Sequence[StoredFile], papers: Sequence[StoredFile], actor: Actor
) -> None:
    only_staff(actor)
    set_files(owner=result, slot=PHOTOS, files=photos, actor=actor.user, is_shown=True)
    set_files(owner=result, slot=PAPERS, files=papers, actor=actor.user)
    content_changed()
    counts = {PHOTOS: (None, len(photos)), PAPERS: (None, len(papers))}
    record_event(action=Action.ROW_CHANGED, subject=result, actor=actor.user, changes=counts)
