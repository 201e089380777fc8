"""What My Page gathers from the registries."""

from datetime import datetime

from django.utils import timezone

from portal.tenancy.models import Programme
from portal.web.access import Actor
from portal.web.registry import Card, Due, MyPageEntry, MyPageGroup, my_page_cards, my_page_menu


def cards(programme: Programme) -> list[Card]:
    return [card for card in my_page_cards if not card.feature or programme.has(card.feature)]


def due(actor: Actor, programme: Programme) -> list[Due]:
    """The nearest date first; what has no date, but waits all the same, before them."""
    things = [thing for card in cards(programme) for thing in card.due(actor)]
    return sorted(things, key=lambda thing: thing.at or datetime.min.replace(tzinfo=timezone.get_current_timezone()))


def menu(actor: Actor, programme: Programme) -> list[MyPageEntry]:
    """In groups, and in the order of each; one whose page has nothing for this actor is left out."""
    entries = [entry for entry in my_page_menu if _stands(entry, actor, programme)]
    groups = list(MyPageGroup)
    return sorted(entries, key=lambda entry: (groups.index(entry.group), entry.order))


def _stands(entry: MyPageEntry, actor: Actor, programme: Programme) -> bool:
    if entry.feature and not programme.has(entry.feature):
        return False
    if entry.least is not None and not actor.is_member(entry.least):
        return False
    return entry.has_something is None or entry.has_something(actor)
