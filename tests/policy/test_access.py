"""Walks the access table over both maps of addresses, as every kind of visitor."""

import pytest
from django.conf import settings
from django.test import Client

from tests.policy.access import MEMBERS, READERS, Route
from tests.policy.routes import places
from tests.policy.visitors import Visitor, World
from tests.policy.walking import MAPS, ask, each_map, in_turn, row_of, walk

# Who meets the same door. Where the table treats them alike, one of them asks in turn (`make prove`: all).
KIN = [
    {Visitor.PUBLIC},
    {Visitor.ONE_FACTOR, Visitor.OPERATOR},
    {Visitor.STRANGER, Visitor.OTHER_STAFF},
    MEMBERS,
    READERS,
]
# Whoever is past these pages already is led on from them.
LEAD_ON = {"accounts:sign_in", "staff:sign_in", "my_matching:apply"}


@each_map
def test_every_route_stands_in_the_table(urlconf: str) -> None:
    table = MAPS[urlconf]
    used = {place.name: row_of(table, place) for place in places(urlconf)}
    assert [name for name, key in used.items() if key is None] == [], "routes that tests/policy/access.py does not know"
    assert {key for key in table if "*" not in key} <= set(used), "rows of tests/policy/access.py without a route"


@each_map
@pytest.mark.parametrize("visitor", Visitor, ids=lambda visitor: visitor.name.lower())
def test_each_visitor_gets_what_the_table_says(urlconf: str, visitor: Visitor, world: World) -> None:
    wrong = []
    for number, (client, place, route, address) in enumerate(walk(urlconf, visitor, world)):
        if not asks(visitor, route, number):
            continue
        for prefix in ("", *(in_turn(("/en", "/easy"), number) if place.has_languages else ())):
            status = ask(client, route.methods[0], prefix + address).status_code
            if status != route.expected[visitor]:
                wrong.append(f"{place.name} {prefix}{address}: {status}, not {route.expected[visitor]}")
        if "POST" in route.methods[1:] and is_refused(place.name, route.expected[visitor]):
            status = ask(client, "POST", address).status_code
            if status not in {route.expected[visitor], 403, 404}:
                wrong.append(f"POST {place.name} {address}: {status}, not {route.expected[visitor]}")
    assert not wrong, "\n".join(wrong)


@each_map
def test_a_method_that_a_route_does_not_take_is_refused(urlconf: str, world: World) -> None:
    visitor = Visitor.OPERATOR if urlconf == settings.PLATFORM_URLCONF else Visitor.APPROVER
    wrong = []
    for number, (client, _, route, address) in enumerate(walk(urlconf, visitor, world)):
        for method in in_turn(("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"), number):
            status = ask(client, method, address).status_code
            if status != 405:
                wrong.append(f"{method} {address}: {status}")
        for method in {"GET", "POST"} - set(route.methods):
            status = ask(client, method, address).status_code
            if status not in (302, 403, 404, 405):
                wrong.append(f"{method} {address}: {status}")
    assert not wrong, "\n".join(wrong)


@each_map
def test_an_unknown_host_shows_nothing(urlconf: str, world: World) -> None:
    shown = []
    stranger = Client(headers={"host": "unknown.localhost"})
    for _, place, _, address in walk(urlconf, Visitor.PUBLIC, world):
        if place.name in ("healthz", "readyz"):
            continue
        response = ask(stranger, "GET", address)
        if (response.status_code, response.content) != (404, b"404 Not Found\n"):
            shown.append(place.name)
    assert not shown


def test_each_host_has_its_own_map(world: World) -> None:
    site, platform = (Client(headers={"host": host}) for host in (world.kanagawa.primary_host, settings.PLATFORM_HOST))
    assert site.get("/about/privacy/").status_code == 200
    assert platform.get("/about/privacy/").status_code == 404


def asks(visitor: Visitor, route: Route, number: int) -> bool:
    """Whether this visitor is sent to the route, the walk's `number`-th."""
    kin = next([one for one in Visitor if one in kin] for kin in KIN if visitor in kin)
    return len({route.expected[one] for one in kin}) > 1 or visitor in in_turn(kin, number)


def is_refused(name: str, status: int) -> bool:
    """Also by being sent to the door."""
    return status in (403, 404) or (status == 302 and name not in LEAD_ON)
