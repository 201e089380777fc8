"""What My Page gathers from the registries."""

from datetime import datetime

from django.utils import timezone

from portal.tenancy.models import Programme
from portal.web.access import Actor
from portal.web.registry import Card, Due, MyPageEntry, my_page_cards, my_page_menu


def cards(programme: Programme) -> list[Card]:
    return [card for card in my_page_cards if not card.feature or programme.has(card.feature)]


def due(actor: Actor, programme: Programme) -> list[Due]:
    """The nearest date first; what has no date, but waits all the same, before them."""
    things = [thing for card in cards(programme) for thing in card.due(actor)]
    return sorted(things, key=lambda thing: thing.at or datetime.min.replace(tzinfo=timezone.get_current_timezone()))


def menu(actor: Actor, programme: Programme) -> list[MyPageEntry]:
    entries = [
        entry
        for entry in my_page_menu
        if (not entry.feature or programme.has(entry.feature)) and (entry.least is None or actor.is_member(entry.least))
    ]
    return sorted(entries, key=lambda entry: entry.order)
