"""Dividing participants into breakout rooms: evenly, and people of one organisation (or one industry) apart. Pure; the
same seed gives the same rooms, so that a page can be opened again and printed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

MOST_ROOMS = 50


@dataclass(frozen=True, slots=True)
class Guest:
    key: int
    partner: int
    industry: str = ""


def divide(guests: Sequence[Guest], rooms: int, seed: int, *, mixes_industries: bool) -> list[list[Guest]]:
    """Sizes differ by at most one. Each goes to the room with the fewest of their own kind, among the emptiest."""
    order = sorted(guests, key=lambda guest: guest.key)
    chance = Random(seed)  # noqa: S311 - no secret: the seed stands in the page's address
    chance.shuffle(order)
    kind = (lambda guest: guest.industry) if mixes_industries else (lambda guest: str(guest.partner))
    sizes = Counter(kind(guest) for guest in order)
    place = {name: chance.random() for name in sorted(sizes)}
    # One kind after the other, the largest first: who comes one after the other goes to different rooms.
    order.sort(key=lambda guest: (-sizes[kind(guest)], place[kind(guest)]))
    found: list[list[Guest]] = [[] for _ in range(rooms)]
    for guest in order:
        least = min(len(room) for room in found)
        open_rooms = [room for room in found if len(room) == least]
        min(open_rooms, key=lambda room: _likeness(guest, room, mixes_industries)).append(guest)
    return found


def _likeness(guest: Guest, room: Sequence[Guest], mixes_industries: bool) -> tuple[int, int]:
    colleagues = sum(other.partner == guest.partner for other in room)
    alike = sum(bool(guest.industry) and other.industry == guest.industry for other in room)
    return (colleagues, alike) if mixes_industries else (colleagues, 0)
