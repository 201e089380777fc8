"""A partner's secret calendar address: made, replaced by another one, ended."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from meetings.models import Feed
from partners.services.records import lock_partner
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, MemberRole


@transaction.atomic
def renew_feed(*, actor: Actor) -> Feed:
    """A new address; the former one ends at once."""
    partner = lock_partner(_partner(actor))
    Feed.objects.filter(partner=partner).delete()
    feed = Feed.objects.create(partner=partner, made_by=actor.user)
    record_event(action=Action.FEED_RENEWED, subject=partner, actor=actor.user)
    return feed


@transaction.atomic
def end_feed(*, actor: Actor) -> None:
    partner = lock_partner(_partner(actor))
    if Feed.objects.filter(partner=partner).delete()[0]:
        record_event(action=Action.FEED_ENDED, subject=partner, actor=actor.user)


def _partner(actor: Actor) -> int:
    if not actor.is_member(MemberRole.EDITOR):
        raise PermissionDenied
    return actor.place.partner_id
