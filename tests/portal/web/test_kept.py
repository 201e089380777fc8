from collections.abc import Callable
from itertools import count

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web import kept
from portal.web.content import content_changed
from portal.web.kept import NearMemory, near_pages, near_part


@pytest.fixture
def seen(visit: Client) -> Client:
    visit.get("/")
    return visit


def test_a_page_in_memory_is_the_page_that_was_made(seen: Client) -> None:
    near_pages.clear()
    made, remembered = seen.get("/"), seen.get("/")
    assert near_pages
    own = {"X-Request-ID"}
    assert remembered.content == made.content
    assert {name: value for name, value in remembered.items() if name not in own} == {
        name: value for name, value in made.items() if name not in own
    }
    assert made.resolver_match.view_name == remembered.resolver_match.view_name == "home"


def test_a_page_in_memory_asks_no_database_and_answers_a_browser_that_has_it(
    seen: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(0):
        page = seen.get("/")
        again = seen.get("/", headers={"if-none-match": page["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    assert "Content-Type" not in again


def test_a_change_makes_every_page_in_memory_old(
    seen: Client, kanagawa: Programme, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    before = seen.get("/")["ETag"]
    with programme_scope(kanagawa), django_capture_on_commit_callbacks(execute=True):
        content_changed()
    assert seen.get("/")["ETag"] != before


@pytest.mark.parametrize(("seconds", "is_the_same"), [(3600, True), (0, False)])
def test_a_page_that_is_an_hour_old_is_made_anew_though_nothing_changed(
    seen: Client, monkeypatch: pytest.MonkeyPatch, seconds: int, is_the_same: bool
) -> None:
    near_pages.clear()
    cache.clear()
    monkeypatch.setattr(kept, "KEPT_SECONDS", seconds)
    seen.get("/")
    [first] = near_pages.values()
    seen.get("/")
    [second] = near_pages.values()
    assert (second is first, second.until > first.until) == (is_the_same, not is_the_same)


def test_without_redis_the_database_says_whether_it_is_old(
    seen: Client, kanagawa: Programme, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    before = seen.get("/")["ETag"]
    with programme_scope(kanagawa), django_capture_on_commit_callbacks(execute=True):
        content_changed()
        cache.clear()
    assert seen.get("/")["ETag"] != before


def test_another_programme_and_another_language_have_pages_of_their_own(seen: Client, tokyo: Programme) -> None:
    ours = seen.get("/")
    theirs = seen.get("/", headers={"host": tokyo.primary_host})
    english = seen.get("/en/")
    assert ours["Content-Language"] == "ja"
    assert english["Content-Language"] == "en"
    assert len({ours.content, theirs.content, english.content}) == 3


def test_nonsense_is_refused_though_the_page_is_in_memory(seen: Client) -> None:
    assert seen.post("/").status_code in (403, 405)
    assert seen.generic("GET", "/", "x", headers={"content-length": "many"}).status_code == 400


def test_a_shared_part_is_made_once_for_each_programme_language_and_name(kanagawa: Programme, tokyo: Programme) -> None:
    made = count(1)

    def part(programme: Programme, language: str, name: str) -> str:
        with programme_scope(programme), override(language):
            return near_part(name, lambda: str(next(made)))

    assert part(kanagawa, "ja", "filters 1") == part(kanagawa, "ja", "filters 1") == "1"
    assert part(tokyo, "ja", "filters 1") == "2"
    assert part(kanagawa, "en", "filters 1") == "3"
    assert part(kanagawa, "ja", "filters 2") == "4"


def test_only_so_many_are_remembered_and_the_latest_stay() -> None:
    memory: NearMemory[int] = NearMemory(2)
    memory.keep("a", 1)
    memory.keep("b", 2)
    assert memory.recall("a") == 1
    memory.keep("c", 3)
    assert list(memory) == ["a", "c"]
    assert memory.recall("b") is None
