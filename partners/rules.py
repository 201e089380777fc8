"""Who may do what with a partner's people."""

from portal.web.access import Actor, MemberRole, StaffRole


def may_manage_people(actor: Actor, partner_id: int) -> bool:
    """A partner's owners, and staff who decide."""
    if actor.is_staff(StaffRole.OFFICER):
        return True
    return (
        actor.is_member(MemberRole.OWNER) and actor.membership is not None and actor.membership.partner_id == partner_id
    )
