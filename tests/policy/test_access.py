"""Walks the access table over both maps of addresses, as every kind of visitor."""

from copy import deepcopy
from fnmatch import fnmatchcase
from importlib.util import find_spec

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.policy.access import PLATFORM, SITE, Route
from tests.policy.routes import Place, places
from tests.policy.visitors import Visitor, World, make_visitor, make_world

MAPS = {settings.ROOT_URLCONF: SITE, settings.PLATFORM_URLCONF: PLATFORM}
needs_door = pytest.mark.skipif(find_spec("portal.accounts.urls") is None, reason="there is no way to sign in yet")
each_map = pytest.mark.parametrize("urlconf", MAPS)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def host_of(urlconf: str, world: World) -> str:
    return settings.PLATFORM_HOST if urlconf == settings.PLATFORM_URLCONF else world.kanagawa.primary_host


def row_of(table: dict[str, Route], place: Place) -> str | None:
    """The table's key for a route: its own name, or the one pattern that fits."""
    if place.name in table:
        return place.name
    fitting = [key for key in table if "*" in key and fnmatchcase(place.name, key)]
    assert len(fitting) <= 1, f"{place.name} fits several patterns: {fitting}"
    return fitting[0] if fitting else None


def ask(client: Client, method: str, address: str) -> HttpResponseBase:
    """One request that leaves nothing behind, so that no row of the table depends on the one before."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(method, address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


@each_map
def test_every_route_stands_in_the_table(urlconf: str) -> None:
    table = MAPS[urlconf]
    used = {place.name: row_of(table, place) for place in places(urlconf)}
    assert [name for name, key in used.items() if key is None] == [], "routes that tests/policy/access.py does not know"
    assert {key for key in table if "*" not in key} <= set(used), "rows of tests/policy/access.py without a route"


@needs_door
@each_map
@pytest.mark.parametrize("visitor", Visitor, ids=lambda visitor: visitor.name.lower())
def test_each_visitor_gets_what_the_table_says(urlconf: str, visitor: Visitor, world: World) -> None:
    client = make_visitor(visitor, world, host_of(urlconf, world))
    wrong = []
    for place in places(urlconf):
        route = MAPS[urlconf][row_of(MAPS[urlconf], place) or ""]
        for language in ("ja", "en", "easy") if place.has_languages else ("ja",):
            address = place.address(route.arguments(world), language)
            status = ask(client, route.methods[0], address).status_code
            if status != route.expected[visitor]:
                wrong.append(f"{place.name} {address}: {status}, not {route.expected[visitor]}")
    assert not wrong, "\n".join(wrong)


@needs_door
@each_map
def test_a_method_that_no_route_takes_is_refused(urlconf: str, world: World) -> None:
    client = make_visitor(Visitor.OPERATOR, world, host_of(urlconf, world))
    wrong = []
    for place in places(urlconf):
        route = MAPS[urlconf][row_of(MAPS[urlconf], place) or ""]
        address = place.address(route.arguments(world))
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
            response = ask(client, method, address)
            if response.status_code != 405:
                wrong.append(f"{method} {address}: {response.status_code}")
        for method in {"GET", "POST"} - set(route.methods):
            response = ask(client, method, address)
            if response.status_code not in (302, 403, 404, 405):
                wrong.append(f"{method} {address}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@each_map
def test_an_unknown_host_shows_nothing(urlconf: str, world: World) -> None:
    client = make_visitor(Visitor.OPERATOR, world, "unknown.localhost")
    shown = []
    for place in places(urlconf):
        if place.name in ("healthz", "readyz"):
            continue
        route = MAPS[urlconf][row_of(MAPS[urlconf], place) or ""]
        response = ask(client, "GET", place.address(route.arguments(world)))
        if (response.status_code, response.content) != (404, b"404 Not Found\n"):  # type: ignore[attr-defined]
            shown.append(place.name)
    assert not shown


def test_each_host_has_its_own_map(world: World) -> None:
    site, platform = (Client(headers={"host": host}) for host in (world.kanagawa.primary_host, settings.PLATFORM_HOST))
    assert b"portal" in site.get("/").content
    assert site.get("/about/privacy/").status_code == 200
    assert platform.get("/about/privacy/").status_code == 404
