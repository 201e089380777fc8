"""Further sides of a collaboration: whom one may ask, and what one is asked."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from matching.models import Collaboration, SideInvitation
from matching.queries.introductions import waiting_introductions
from matching.states import InvitationState
from partners.models import Partner
from partners.queries.finding import find_partners
from portal.web.access import Actor
from portal.web.registry import Due

MOST_FOUND = 20


def partners_to_ask(collaboration: Collaboration, query: str) -> list[Partner]:
    """Registered partners that are neither in it, nor asked, nor have said no. None before something is asked."""
    if not query:
        return []
    taken = {side.partner_id for side in collaboration.sides.all()}
    taken |= {invitation.partner_id for invitation in asked_before(collaboration)}
    return list(find_partners(query).exclude(pk__in=taken).order_by("kana", "number")[:MOST_FOUND])


def asked_before(collaboration: Collaboration) -> list[SideInvitation]:
    """The questions that wait, and those that were answered with a no; none is asked again."""
    states = (InvitationState.ASKED, InvitationState.DECLINED)
    return list(collaboration.invitations.filter(state__in=states).select_related("partner"))


def open_invitations(collaboration: Collaboration) -> list[SideInvitation]:
    return list(collaboration.invitations.open().select_related("partner"))


def due(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    """For My Page: what others ask of this partner."""
    yield from waiting_introductions(actor)
    asked = SideInvitation.objects.open().filter(partner=actor.place.partner_id).select_related("asking")
    for invitation in asked:
        title = _("連携への参加のお願いに答える（%s）") % invitation.asking
        yield Due(title, reverse("my_matching:invitation", args=[invitation.pk]), action=_("答える"))
