"""The demo's programmes, as the ground that is walked and attacked: a database of its own for each worker."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser

from portal.tenancy.models import Programme
from tests import servers
from tests.prove.people import Person, everybody
from tests.prove.report import ATTACKS, TRIED, note
from tests.prove.traveller import Journey
from tests.prove.walk import Form, Walk
from tests.site import demo_template, empty_caches, served_here


@contextmanager
def own_demo(name: str) -> Iterator[None]:
    """A copy of the demo as it was first loaded, in the place of the database so far."""
    name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    servers.postgres.create_database(name, template=demo_template())
    former = {}
    for connection in connections.all():
        connection.close()
        former[connection.alias] = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = name
    empty_caches()
    yield
    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = former[connection.alias]
    empty_caches()
    servers.postgres.drop_database(name)


@pytest.fixture(scope="session", autouse=True)
def demo(django_db_setup: None, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    with django_db_blocker.unblock(), own_demo("prove"):
        yield


@pytest.fixture(scope="session")
def people(demo: None) -> dict[str, Person]:
    return everybody()


@pytest.fixture(scope="session")
def walks(people: dict[str, Person], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Walk]:
    """What each of them can reach by links, on their first visit."""
    found = {}
    for name, person in people.items():
        start = time.monotonic()
        walk = found[name] = Walk(person).go()
        note(f"walked as {name}", f"{len(walk.pages)} pages, {len(walk.forms)} forms, {time.monotonic() - start:.0f} s")
    return found


@pytest.fixture(scope="session")
def forms(walks: dict[str, Walk]) -> list[tuple[Person, Form]]:
    """Each form once, from the person who was shown it first."""
    found: dict[Any, tuple[Person, Form]] = {}
    for walk in walks.values():
        for (route, _, names), form in walk.forms.items():
            if not route.startswith(("en ", "easy ")):
                found.setdefault((walk.person.kind, route, names), (walk.person, form))
    note("forms", len(found))
    return list(found.values())


@pytest.fixture(scope="session")
def open_port(demo: None) -> Iterator[int]:
    with served_here() as port:
        yield port


@pytest.fixture
def start(demo: None, chromium: Browser) -> Iterator[Callable[[str, str], Journey]]:
    """start("sign-up", "kanagawa"): a journey in one programme, with a demo of its own. It is counted at its end."""
    begun: list[Journey] = []

    def begin(name: str, slug: str) -> Journey:
        journey = Journey(name, Programme.objects.get(slug=slug), chromium, port)
        begun.append(journey)
        return journey

    with own_demo("journey"), served_here() as port:
        yield begin
    # Only then: what is wrong with a journey must not keep its database.
    for journey in begun:
        journey.end()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TRIED:
        terminalreporter.section("what was tried")
        for what, count in TRIED.items():
            terminalreporter.line(f"  {what}: {count}")
        terminalreporter.line("  all attacks: " + ", ".join(f"{what} {count}" for what, count in ATTACKS.items()))
