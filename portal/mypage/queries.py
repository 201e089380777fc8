"""What My Page gathers from the registries."""

from collections.abc import Iterable
from datetime import datetime
from time import monotonic
from typing import Any

from django.utils import timezone

from portal.tenancy.models import Programme
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.kept import NearMemory
from portal.web.queries import with_a_row
from portal.web.registry import Card, Due, MyPageEntry, MyPageGroup, my_page_cards, my_page_menu

# The menu stands on every page; what each person's has no line for is remembered by the process for a minute.
SECONDS = 60
near_empty: NearMemory[tuple[float, frozenset[str]]] = NearMemory(1000)


def cards(actor: Actor, programme: Programme) -> list[tuple[Card, dict[str, Any]]]:
    """Warnings first; each with what its template is shown, asked for once."""
    found = (card for card in my_page_cards if not card.feature or programme.has(card.feature))
    return [(card, card.context(actor)) for card in sorted(found, key=lambda card: not card.is_warning)]


def due(actor: Actor, shown: Iterable[tuple[Card, dict[str, Any]]]) -> list[Due]:
    """The nearest date first; what has no date, but waits all the same, before them."""
    things = [thing for card, context in shown for thing in card.due(actor, context)]
    return sorted(things, key=lambda thing: thing.at or datetime.min.replace(tzinfo=timezone.get_current_timezone()))


def menu(actor: Actor, programme: Programme) -> list[MyPageEntry]:
    """In groups, and in the order of each; one whose page has nothing for this actor is left out."""
    entries = [entry for entry in my_page_menu if _may_stand(entry, actor, programme)]
    empty = _empty(entries, actor)
    groups = list(MyPageGroup)
    return sorted(
        (entry for entry in entries if entry.url_name not in empty),
        key=lambda entry: (groups.index(entry.group), entry.order),
    )


def _may_stand(entry: MyPageEntry, actor: Actor, programme: Programme) -> bool:
    if entry.feature and not programme.has(entry.feature):
        return False
    return entry.least is None or actor.is_member(entry.least)


def _empty(entries: list[MyPageEntry], actor: Actor) -> frozenset[str]:
    """Addresses whose pages have nothing for this actor: asked for all at once, and not again for a minute."""
    asked = {entry.url_name: entry.found_in for entry in entries if entry.found_in}
    place = (current_programme().pk, actor.user.pk, actor.place.partner_id, *asked)
    known_at, empty = near_empty.recall(place) or (0.0, frozenset())
    if not asked or monotonic() - known_at < SECONDS:
        return empty
    found = with_a_row(
        {(name, place): query for name, found_in in asked.items() for place, query in enumerate(found_in(actor))}
    )
    empty = frozenset(asked) - {name for name, _place in found}
    near_empty.keep(place, (monotonic(), empty))
    return empty
