from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_user


def test_a_public_page_sets_no_cookie_and_differs_for_nobody(visit: Client) -> None:
    page = visit.get("/")
    assert page.status_code == 200
    assert not page.cookies
    assert "Cookie" not in page.headers.get("Vary", "")


def test_a_public_page_reads_no_session_even_where_there_is_one(
    visit: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visit.get("/")
    visit.force_login(make_user())
    assert Session.objects.exists()
    with django_assert_num_queries(0):
        visit.get("/")
