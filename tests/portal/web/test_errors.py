"""Every refusal is a page that says what happened and what to do: of the programme, of the platform, or of neither."""

import errno
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.utils.html import escape
from django.utils.translation import override

from portal.tenancy.models import Programme
from portal.web.errors import ERRORS, error_page, server_error

FORM = "demo/components/form/"


def requested(programme: Programme | None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.programme = programme  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("language", ["ja", "en", "easy"])
@pytest.mark.parametrize("status", ERRORS)
def test_on_a_programme_the_office_is_named(kanagawa: Programme, status: int, language: str) -> None:
    with override(language):
        page = error_page(requested(kanagawa), status)
        html = page.content.decode()
        assert page.status_code == status
        assert page["Cache-Control"] == "no-store"
        assert escape(str(ERRORS[status][0])) in html
        assert escape(str(ERRORS[status][1])) in html
        assert kanagawa.local("office") in html
        assert "045-000-0000" in html


@pytest.mark.parametrize("status", ERRORS)
def test_on_the_platform_no_programme_is_named(kanagawa: Programme, status: int) -> None:
    html = error_page(requested(None), status).content.decode()
    assert "架け橋 Kakehashi" in html
    assert "神奈川" not in html


def test_a_page_that_is_not_there(visit: Client) -> None:
    page = visit.get("/nowhere/")
    assert page.status_code == 404
    assert "ページが見つかりません" in page.content.decode()
    assert 'data-palette="blue"' in page.content.decode()
    assert not page.cookies


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (lambda visit, home: visit.get(home, {"q": "x" * 10_000}), 414),
        (lambda visit, home: visit.get(home, QUERY_STRING="q=%00"), 400),
        (lambda visit, home: visit.get(home, QUERY_STRING="q=%ff"), 400),
        (lambda visit, home: visit.post(home), 405),
        (lambda visit, home: visit.generic("DELETE", home), 405),
        (lambda visit, home: visit.post(home + FORM, {"name": "a\0"}), 400),
        (lambda visit, home: visit.post(home + FORM, CONTENT_LENGTH=str(settings.LARGEST_REQUEST + 1)), 413),
        (lambda visit, home: visit.post(home + FORM, {"name": "x" * 3_000_000}), 413),
        (lambda visit, home: visit.post(home + FORM, {f"f{n}": "" for n in range(3000)}), 400),
    ],
)
@pytest.mark.parametrize(("home", "lang"), [("/", "ja"), ("/en/", "en")])
def test_nonsense_is_refused_in_the_programmes_look(
    visit: Client, request_of: Callable[..., Any], status: int, home: str, lang: str
) -> None:
    page = request_of(visit, home)
    html = page.content.decode()
    assert page.status_code == status
    assert 'data-palette="blue"' in html
    assert f'<html lang="{lang}"' in html


def test_a_wrong_method_learns_the_right_ones(visit: Client) -> None:
    assert visit.post("/")["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("host", ["nobody.localhost", "a..b.localhost", "kanagawa.localhost:x"])
def test_an_unknown_host_learns_nothing(visit: Client, host: str) -> None:
    for address in ("/", "/nowhere/", f"/?q={'x' * 10_000}", "/?q=%00"):
        page = Client(headers={"host": host}).get(address)
        assert page.status_code in (400, 404)
        assert page["Content-Type"].startswith("text/plain")
        assert "Kakehashi" not in page.content.decode()


def test_a_form_without_its_token_is_explained(kanagawa: Programme) -> None:
    visit = Client(headers={"host": kanagawa.primary_host}, enforce_csrf_checks=True)
    page = visit.post(f"/{FORM}", {"name": "あおば"})
    assert page.status_code == 403
    assert "クッキー" in page.content.decode()
    visit.get(f"/{FORM}")
    page = visit.post(f"/{FORM}", {"name": "あおば"})
    assert page.status_code == 403
    assert "入力した内容を控え" in page.content.decode()


def test_a_defect_gives_a_number_to_ask_with(kanagawa: Programme) -> None:
    page = error_page(requested(kanagawa), 500).content.decode()
    assert "この番号をお伝えください" not in page  # outside a request there is none


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("gone"), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (RuntimeError("defect"), 500),
    ],
)
def test_a_lost_database_is_not_a_defect(kanagawa: Programme, error: Exception, status: int) -> None:
    try:
        raise error
    except Exception:
        page = server_error(requested(kanagawa))
    assert page.status_code == status
    assert ("Retry-After" in page) == (status == 503)


def test_when_even_the_templates_are_gone(kanagawa: Programme) -> None:
    nothing = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": False}]
    try:
        raise OperationalError("gone")
    except OperationalError:
        with override_settings(TEMPLATES=nothing):
            page = server_error(requested(kanagawa))
    assert page.status_code == 503
    assert "ただいま利用できません" in page.content.decode()
    assert "not available" in page.content.decode()
