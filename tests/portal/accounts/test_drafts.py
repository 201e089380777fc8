"""Nothing that was typed is lost: kept while typing, and from the very request that meets no session any more."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from portal.accounts import drafts
from portal.accounts.models import Draft
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.sessions import signed_in

AsPerson = Callable[..., Client]
TYPED = {"name": "青葉 次郎", "address": "jiro@aoba.example.jp", "role": "1", "note": "長い文章"}


def ticket_of(browser: Client) -> str:
    return str(browser.get("/mypage/people/invite/").context["draft"])


def test_what_is_typed_is_kept_and_goes_after_sending(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member(MemberRole.OWNER)
    assert browser.post("/drafts/", TYPED | {"_draft": ticket_of(browser)}).status_code == 204
    page = browser.get("/mypage/people/invite/").text
    assert "長い文章" in page and 'value="青葉 次郎"' in page and "書きかけ" in page
    browser.post("/mypage/people/invite/", TYPED | {"_draft": ticket_of(browser)})
    with programme_scope(kanagawa):
        assert not Draft.objects.exists()


def test_a_lost_session_keeps_the_text_from_the_expired_request(as_member: AsPerson, kanagawa: Programme) -> None:
    """Without JavaScript: the form is simply sent, half an hour or half a year after the session ended."""
    browser = as_member(MemberRole.OWNER)
    ticket = ticket_of(browser)
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    answer = browser.post("/mypage/people/invite/", TYPED | {"_draft": ticket})
    assert answer["Location"] == "/sign-in/?next=/mypage/people/invite/"
    # In whatever browser the person signs in again.
    elsewhere = signed_in(browser.user, kanagawa, browser.member)
    assert "長い文章" in elsewhere.get("/mypage/people/invite/").text


def test_after_signing_in_one_is_where_the_form_stood(as_member: AsPerson, kanagawa: Programme) -> None:
    """What a button is sent to need not be a page."""
    browser = as_member(MemberRole.OWNER)
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    host = f"http://{kanagawa.primary_host}"

    def led_to(referer: str) -> str:
        answer = browser.post("/mypage/people/1/again/", headers={"referer": referer})
        return parse_qs(urlsplit(answer["Location"]).query)["next"][0]

    assert led_to(f"{host}/mypage/people/?page=2") == "/mypage/people/?page=2"
    for strange in ("", "http://evil.example/mypage/people/", f"{host}//evil.example/", f"{host}/", "nonsense"):
        assert led_to(strange) == "/mypage/people/1/again/"


def test_a_page_from_before_the_last_sign_in_keeps_the_text(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member(MemberRole.OWNER)
    ticket = ticket_of(browser)
    strict = Client(enforce_csrf_checks=True, headers={"host": kanagawa.primary_host})
    strict.cookies = browser.cookies
    answer = strict.post("/mypage/people/invite/", TYPED | {"_draft": ticket, "csrfmiddlewaretoken": "a" * 64})
    assert answer["Location"] == "/mypage/people/invite/"
    assert "長い文章" in browser.get("/mypage/people/invite/").text
    assert strict.post("/mypage/people/invite/", TYPED).status_code == 403


@pytest.mark.parametrize("ticket", ["", "nonsense", "a:b:c"])
def test_without_its_ticket_nothing_is_kept(visit: Client, kanagawa: Programme, ticket: str) -> None:
    assert visit.post("/drafts/", TYPED | {"_draft": ticket}).status_code == 400
    with programme_scope(kanagawa):
        assert not Draft.objects.exists()


def test_a_ticket_is_worth_nothing_in_another_programme(as_member: AsPerson, tokyo: Programme) -> None:
    ticket = ticket_of(as_member(MemberRole.OWNER))
    assert Client(headers={"host": tokyo.primary_host}).post("/drafts/", TYPED | {"_draft": ticket}).status_code == 400


def test_drafts_are_ones_own_and_the_partners(as_member: AsPerson) -> None:
    browser, other = as_member(MemberRole.OWNER), as_member(MemberRole.OWNER)
    browser.post("/drafts/", TYPED | {"_draft": ticket_of(browser)})
    assert "長い文章" not in other.get("/mypage/people/invite/").text


def test_secrets_tokens_and_mountains_are_not_kept(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member(MemberRole.OWNER)
    ticket = ticket_of(browser)
    secret = {"password": "geheim", "new_password": "geheim", "csrfmiddlewaretoken": "x"}
    browser.post("/drafts/", TYPED | secret | {"_draft": ticket})
    with programme_scope(kanagawa):
        assert set(Draft.objects.get().data) == set(TYPED)
    huge = {"note": "あ" * (drafts.LARGEST + 1), "_draft": ticket}
    assert browser.post("/drafts/", huge).status_code == 400
