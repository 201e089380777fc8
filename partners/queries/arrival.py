"""Which of a partner's people mail does not reach: what their colleagues and staff are shown."""

from typing import Any

from django.db.models import QuerySet

from partners.models import Member, Partner
from portal.outbox.models import DeadAddress
from portal.outbox.queries import Arrival, arrival_at
from portal.web.access import Actor
from portal.web.registry import Card


def unreached(partner_id: int) -> "QuerySet[Member]":
    dead = DeadAddress.objects.now().values("address")
    return Member.objects.filter(partner=partner_id, user__email__in=dead).who_may_enter().select_related("user")


def card_of(actor: Actor) -> dict[str, Any]:
    people = list(unreached(actor.place.partner_id))
    return {"people": people, "is_own": any(person.user == actor.user for person in people)}


def arrival_of(partner: Partner) -> Arrival:
    """The mails to its people and to the contact that it has given."""
    addresses = Member.objects.filter(partner=partner).values_list("user__email", flat=True)
    return arrival_at({*addresses, partner.contact_email})


unreached_card = Card(template="partners/own/unreached.html", context=card_of, is_warning=True)
