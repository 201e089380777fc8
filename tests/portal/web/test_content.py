from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.content import content_changed, release
from portal.web.models import Page

OnCommit = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: OnCommit) -> OnCommit:
    return django_capture_on_commit_callbacks


def test_a_changed_programme_shows_at_once(visit: Client, kanagawa: Programme, on_commit: OnCommit) -> None:
    assert "新しい名称" not in visit.get("/").text
    with on_commit(execute=True):
        kanagawa.name = "新しい名称"
        kanagawa.save()
    assert "新しい名称" in visit.get("/").text


def test_a_saved_programme_never_brings_an_old_version_back(kanagawa: Programme) -> None:
    opened_in_a_form = Programme.objects.get(pk=kanagawa.pk)
    with programme_scope(kanagawa):
        content_changed()
        content_changed()
    opened_in_a_form.save()
    assert opened_in_a_form.content_version == kanagawa.content_version + 3


def test_a_changed_text_shows_at_once(visit: Client, kanagawa: Programme, on_commit: OnCommit) -> None:
    with programme_scope(kanagawa):
        page = Page.objects.create(slug=Page.Slug.PRIVACY, title="個人情報の取扱い", body="はじめの文")
    assert "はじめの文" in visit.get("/about/privacy/").text
    with programme_scope(kanagawa), on_commit(execute=True):
        page.body = "次の文"
        page.save()
    assert "次の文" in visit.get("/about/privacy/").text


def test_a_release_is_known_by_its_source() -> None:
    assert len(release()) == 64
    assert release() == release()
