"""Which programme a host belongs to is remembered, and forgotten the moment it changes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.tenancy import models
from portal.tenancy.models import FORGOTTEN, Programme, ProgrammeHost

OnCommit = Callable[..., AbstractContextManager[Any]]


def ask(host: str = "kanagawa.localhost") -> Programme | None:
    return Programme.objects.for_host(host)


def test_it_is_asked_once(kanagawa: Programme) -> None:
    assert ask() == kanagawa
    with CaptureQueriesContext(connection) as queries:
        assert ask() == kanagawa
    assert not queries


def test_an_unknown_host_is_nobodys(kanagawa: Programme) -> None:
    assert ask("unknown.localhost") is None


def test_a_reader_who_looked_before_the_change_does_not_put_the_old_one_back(
    kanagawa: Programme, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Programme.objects.get(pk=kanagawa.pk).save()
    cache = caches["platform"]
    assert cache.get("host:kanagawa.localhost") == FORGOTTEN
    # What such a reader does last.
    cache.add("host:kanagawa.localhost", kanagawa, 60)
    assert cache.get("host:kanagawa.localhost") == FORGOTTEN
    assert ask() == kanagawa


def test_a_renamed_host_is_forgotten_under_both_names(
    kanagawa: Programme, django_capture_on_commit_callbacks: OnCommit
) -> None:
    assert ask() == kanagawa
    host = ProgrammeHost.objects.get(name="kanagawa.localhost")
    host.name = "sdgs.localhost"
    with django_capture_on_commit_callbacks(execute=True):
        host.save()
    assert ask() is None
    assert ask("sdgs.localhost") == kanagawa
    with django_capture_on_commit_callbacks(execute=True):
        host.delete()
    assert ask("sdgs.localhost") is None


def test_a_process_remembers_it_for_a_moment(kanagawa: Programme) -> None:
    first = ask()
    caches["platform"].clear()
    with CaptureQueriesContext(connection) as queries:
        second = ask()
    assert not queries
    assert second == first
    # Each request has a row of its own: what one does to it, another does not see.
    assert second is not first


def test_what_a_process_remembers_ends(kanagawa: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "NEAR_SECONDS", 0)
    ask()
    caches["platform"].clear()
    Programme.objects.filter(pk=kanagawa.pk).update(name="新しい名称")
    found = ask()
    assert found and found.name == "新しい名称"
