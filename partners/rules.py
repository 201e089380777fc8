"""Who may do what for a partner: with its people, and with what it says about itself."""

from typing import Any

from portal.web.access import Actor, MemberRole, StaffRole


def may_manage_people(actor: Actor, partner_id: int) -> bool:
    """A partner's owners, and staff who decide."""
    return actor.is_staff(StaffRole.OFFICER) or _acts_for(actor, partner_id, MemberRole.OWNER)


def may_edit_profile(actor: Actor, partner_id: int) -> bool:
    """Its editors and owners, once the office has confirmed it; and staff on its behalf."""
    if actor.is_staff(StaffRole.OFFICER):
        return True
    return _acts_for(actor, partner_id, MemberRole.EDITOR) and actor.place.is_confirmed


def may_leave(actor: Actor, partner_id: int) -> bool:
    """Only an owner says that a partner wants to leave."""
    return _acts_for(actor, partner_id, MemberRole.OWNER) and actor.place.is_confirmed


def may_see_logo(actor: Actor, partner: Any) -> bool:
    """Everybody while the partner is listed; its own people and staff always."""
    return partner.is_listed or actor.is_staff() or _acts_for(actor, partner.pk, MemberRole.VIEWER)


def may_see_proof(actor: Actor, request: Any) -> bool:
    """What was sent with a request for a change: the partner's people and staff."""
    return actor.is_staff() or _acts_for(actor, request.partner_id, MemberRole.VIEWER)


def _acts_for(actor: Actor, partner_id: int, least: MemberRole) -> bool:
    return actor.is_member(least) and actor.place.partner_id == partner_id
