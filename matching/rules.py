"""Who may do what with postings and applications. What depends on other rows stands in queries."""

from typing import Any

from portal.web.access import Actor, MemberRole


def acts_for(actor: Actor, partner_id: int, least: MemberRole = MemberRole.VIEWER) -> bool:
    return actor.is_member(least) and actor.place.partner_id == partner_id


def may_write(actor: Actor, partner_id: int) -> bool:
    """Posts, answers and applies for this partner: its editors and owners, while the partner may take part."""
    return acts_for(actor, partner_id, MemberRole.EDITOR) and actor.may_take_part


def may_see_attachment(actor: Actor, posting: Any) -> bool:
    """The files go with a partner's page: who does not see the posting has no file, and the public has none."""
    return not actor.is_anonymous and bool(type(posting).objects.visible_to(actor).filter(pk=posting.pk).exists())


def may_see_photo(actor: Actor, report: Any) -> bool:
    """What a side sent with its report: all sides and staff."""
    record = report.collaboration
    return bool(type(record).objects.visible_to(actor).filter(pk=record.pk).exists())


def may_see_edition(actor: Actor, edition: Any) -> bool:
    """Staff. Partners have a logo by its own address, which asks for their licence."""
    return actor.is_staff()


def may_see_case_photo(actor: Actor, case: Any) -> bool:
    """A photo is public exactly as long as its case is."""
    return bool(type(case).objects.visible_to(actor).filter(pk=case.pk).exists())
