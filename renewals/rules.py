"""Who may see what of a report."""

from typing import Any

from portal.web.access import Actor, MemberRole


def is_public(report: Any) -> bool:
    """One question: what the public may read."""
    return bool(type(report).objects.public().filter(pk=report.pk).exists())


def may_send_also(actor: Actor, report: Any) -> bool:
    """To another programme: an owner, for what the office has received and not returned."""
    own = actor.membership is not None and actor.membership.partner_id == report.partner_id
    return own and actor.is_member(MemberRole.OWNER) and not report.is_returned


def may_see_photos(actor: Actor, report: Any) -> bool:
    """Everybody while the report is public; its own people and staff always."""
    own = actor.membership is not None and actor.membership.partner_id == report.partner_id
    return own or actor.is_staff() or is_public(report)
