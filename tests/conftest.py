"""What every test stands on: its worker's copy of the database, an empty cache, two programmes."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.test import Client
from hypothesis import settings as hypothesis_settings

from portal.accounts.models import User
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests import servers
from tests.factories import make_member, make_partner, make_programme, make_staff
from tests.sessions import signed_in
from tests.site import Site, empty_caches, running_site

# A busy machine is no failure.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")

# They start processes and wait for them: begun first, none of them is what the other worker waits for at the end.
LONG = ("portal/local/test_demo.py", "test_outages.py", "test_backup.py", "races/", "policy/", "browser/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        return next((number for number, long in enumerate(LONG) if path.startswith(long)), len(LONG))

    items.sort(key=place)
    # What stands now stays until the end: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Instead of pytest-django's: each worker copies the template, and the roles are those of production."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{worker}"
    servers.postgres.create_database(name, template=servers.TEMPLATE)
    for alias in connections:
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    yield
    for alias in connections:
        connections[alias].close()
    servers.postgres.drop_database(name)


@pytest.fixture(scope="session", autouse=True)
def own_cache() -> None:
    """Each worker has a Redis database of its own: another worker's programmes have other keys."""
    number = 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for alias, options in caches.settings.items():
        options["LOCATION"] = re.sub(r"[0-9]+$", str(number), options["LOCATION"])
        with suppress(AttributeError):
            del caches[alias]  # made while the tests were collected, with the former address


@pytest.fixture(autouse=True)
def empty_cache(own_cache: None) -> None:
    empty_caches()


@pytest.fixture
def kanagawa(db: None) -> Programme:
    return make_programme("kanagawa")


@pytest.fixture
def tokyo(db: None) -> Programme:
    return make_programme("tokyo")


@pytest.fixture
def in_kanagawa(kanagawa: Programme, tokyo: Programme) -> Iterator[Programme]:
    """Inside Kanagawa's scope, with Tokyo standing beside it."""
    with programme_scope(kanagawa):
        yield kanagawa


@pytest.fixture
def visit(kanagawa: Programme, tokyo: Programme) -> Client:
    """A visitor of Kanagawa's site."""
    return Client(headers={"host": kanagawa.primary_host})


@pytest.fixture
def as_staff(kanagawa: Programme, tokyo: Programme) -> Callable[..., Client]:
    """as_staff(StaffRole.OFFICER): the browser of a new officer of Kanagawa, or of another programme."""

    def enter(role: StaffRole, programme: Programme = kanagawa) -> Client:
        return signed_in(make_staff(role, programme), programme)

    return enter


@pytest.fixture
def as_member(kanagawa: Programme, tokyo: Programme) -> Callable[..., Client]:
    """as_member(MemberRole.OWNER): the browser of a new person of a new partner of Kanagawa, or another programme."""

    def enter(role: MemberRole = MemberRole.OWNER, programme: Programme = kanagawa, **partner: Any) -> Client:
        with programme_scope(programme):
            member = make_member(role, make_partner(**partner))
        return signed_in(member.user, programme, member)

    return enter


@pytest.fixture
def as_operator(db: None) -> Client:
    """The browser of a platform operator, on the platform's host."""
    return signed_in(User.objects.create_superuser("operator@platform.example.jp"), None)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The portal as a real site with the demo's data, shared by the tests of a worker."""
    with running_site("site") as site:
        yield site


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """For tests of real transactions: what they write is seen by other connections, and emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        for connection in connections.all(initialized_only=True):
            connection.close()
        with servers.postgres.connect(connections["default"].settings_dict["NAME"]) as admin:
            admin.execute(EMPTY)


# Truncating would write every table anew. As a replica the rows go without a look at foreign keys and triggers.
EMPTY = b"""
    SET session_replication_role = replica;
    DO $$
    DECLARE name text;
    BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
        LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
    END $$
"""
