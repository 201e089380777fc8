"""The demo's programmes, as the ground that is walked and attacked: a database of its own for each worker."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Browser

from portal.tenancy.models import Programme
from tests import servers
from tests.prove.people import Person, everybody
from tests.prove.traveller import Journey
from tests.prove.walk import Walk
from tests.site import demo_template, served_here


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
    yield
    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = former[connection.alias]
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
    return {name: Walk(person).go() for name, person in people.items()}


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
        for journey in begun:
            journey.end()
