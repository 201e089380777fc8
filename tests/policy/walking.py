"""Walking every route of both maps, as one visitor after the other."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.breadth import EVERYTHING
from tests.policy.access import PLATFORM, SITE, Route
from tests.policy.routes import Place, places
from tests.policy.visitors import Visitor, World, make_visitor

MAPS = {settings.ROOT_URLCONF: SITE, settings.PLATFORM_URLCONF: PLATFORM}
each_map = pytest.mark.parametrize("urlconf", MAPS)


def walk(urlconf: str, visitor: Visitor, world: World) -> Iterator[tuple[Client, Place, Route, str]]:
    """The visitor's browser, and each route with its row of the table and an address that leads somewhere."""
    client = make_visitor(visitor, world, host_of(urlconf, world))
    for place in places(urlconf):
        route = MAPS[urlconf][row_of(MAPS[urlconf], place) or ""]
        yield client, place, route, place.address(route.arguments(world))


def in_turn(every: Iterable[Any], number: int, share: int = 1) -> list[Any]:
    """Some of them for this route and the next ones for the next: each route meets some, each of them many routes.

    `make prove` sends all to all.
    """
    known = list(every)
    if EVERYTHING:
        return known
    return [known[(number * share + step) % len(known)] for step in range(min(share, len(known)))]


def open_pages(languages: Iterable[str]) -> list[tuple[str, str]]:
    """Host and path of every route without parameters that the access table opens to the public, each view once."""
    found: dict[tuple[object, str], tuple[str, str]] = {}
    for urlconf, table in MAPS.items():
        host = settings.PLATFORM_HOST if urlconf == settings.PLATFORM_URLCONF else "kanagawa.localhost"
        for place in places(urlconf):
            route = table.get(place.name)
            is_document = "." in place.pattern
            if route and route.is_open and place.has_languages and not place.parameters and not is_document:
                for language in languages:
                    found.setdefault((place.callback, language), (host, place.address({}, language)))
    return list(found.values())


def host_of(urlconf: str, world: World) -> str:
    return settings.PLATFORM_HOST if urlconf == settings.PLATFORM_URLCONF else world.kanagawa.primary_host


def row_of(table: dict[str, Route], place: Place) -> str | None:
    """The table's key for a route: its own name, or the one pattern that fits."""
    if place.name in table:
        return place.name
    fitting = [key for key in table if "*" in key and fnmatchcase(place.name, key)]
    assert len(fitting) <= 1, f"{place.name} fits several patterns: {fitting}"
    return fitting[0] if fitting else None


def ask(client: Client, method: str, address: str, **extra: Any) -> Any:
    """One request that leaves nothing behind, so that no row of the table depends on the one before."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(method, address, **extra)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response
