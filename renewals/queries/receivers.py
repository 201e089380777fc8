"""Who is written to about a partner's duties: its people who want that mail, and never nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from partners.models import Member, Partner
from portal.web.access import Actor, MemberRole
from renewals.models import DutyMail


@dataclass(frozen=True)
class Receiver:
    address: str
    name: str
    # None: the address of the registration, where nobody signs in yet.
    member_id: int | None = None


def receivers_of(partners: Sequence[Partner]) -> dict[int, list[Receiver]]:
    """Owners and editors, viewers if they asked for it. One query."""
    people = Member.objects.active().filter(partner__in=partners, user__is_active=True).order_by("id")
    rows = people.values_list("partner_id", "pk", "user__email", "name", "role", "duty_mail__wants")
    found: dict[int, list[Receiver]] = {partner.pk: [] for partner in partners}
    owners: dict[int, list[Receiver]] = {partner.pk: [] for partner in partners}
    for partner_id, member_id, address, name, role, wants in rows:
        receiver = Receiver(address, name, member_id)
        if wants if wants is not None else role >= MemberRole.EDITOR:
            found[partner_id].append(receiver)
        if role == MemberRole.OWNER:
            owners[partner_id].append(receiver)
    for partner in partners:
        if not found[partner.pk]:
            found[partner.pk] = owners[partner.pk] or _registered_address(partner)
    return found


def _registered_address(partner: Partner) -> list[Receiver]:
    return [Receiver(partner.contact_email, partner.contact_name)] if partner.contact_email else []


def wants_duty_mail(actor: Actor) -> bool:
    """Of the person who is asking."""
    chosen = DutyMail.objects.filter(member=actor.place.member_id).values_list("wants", flat=True).first()
    return actor.is_member(MemberRole.EDITOR) if chosen is None else chosen
