"""Help on the phone: an officer confirms the number on the caller's waiting page, and only that page signs in."""

from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import Member
from portal.accounts.models import LoginTicket
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.clock import later
from tests.factories import make_member
from tests.mailbox import letters

AsStaff = Callable[..., Client]
HANAKO = "hanako@aoba.example.jp"


@pytest.fixture
def hanako(kanagawa: Programme, tokyo: Programme) -> Member:
    with programme_scope(kanagawa):
        return make_member(email=HANAKO)


def caller(programme: Programme) -> tuple[Client, str]:
    """A browser that waits, and the number that it shows."""
    browser = Client(headers={"host": programme.primary_host})
    later(21, programme)
    browser.post("/sign-in/", {"address": HANAKO})
    return browser, browser.get("/sign-in/wait/").context["ticket"].phone_number


def confirm(officer: Client, member: Member, number: str, reason: str = "登録の番号へかけ直した"):  # type: ignore[no-untyped-def]
    return officer.post(f"/admin/partners/member/{member.pk}/phone/", {"number": number, "reason": reason})


def is_in(browser: Client) -> bool:
    return browser.post("/sign-in/wait/phone/")["Location"].startswith("/mypage/arrive/")


def test_only_the_callers_page_signs_in(as_staff: AsStaff, hanako: Member, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    (browser, number), (attacker, other) = caller(kanagawa), caller(kanagawa)
    assert number != other
    assert not is_in(browser)
    assert confirm(officer, hanako, number).status_code == 302
    assert not is_in(attacker)
    assert is_in(browser)
    assert not is_in(browser)
    assert letters(kanagawa, HANAKO, "accounts.confirmed_by_phone")
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.SIGN_IN_CONFIRMED_BY_PHONE)
    assert (event.actor, event.subject_id, event.reason) == (
        officer.user, str(hanako.user.pk), "登録の番号へかけ直した",
    )  # fmt: skip
    assert number not in str(event.changes)


def test_a_wrong_old_or_strange_number_confirms_nothing(as_staff: AsStaff, hanako: Member, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    browser, number = caller(kanagawa)
    assert "見つかりません" in confirm(officer, hanako, f"{(int(number) + 1) % 10_000:04}").text
    with programme_scope(kanagawa):
        stranger = make_member(email="taro@aoba.example.jp")
    assert "見つかりません" in confirm(officer, stranger, number).text
    assert confirm(officer, hanako, number, reason="").status_code == 200
    later(15 * 60 + 1, kanagawa)
    assert "見つかりません" in confirm(officer, hanako, number).text
    assert not is_in(browser)


def test_trying_all_numbers_is_limited(as_staff: AsStaff, hanako: Member, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    browser, number = caller(kanagawa)
    for step in range(1, 11):
        confirm(officer, hanako, f"{(int(number) + step) % 10_000:04}")
    confirm(officer, hanako, number)
    assert not is_in(browser)


def test_only_officers_help(as_staff: AsStaff, hanako: Member, kanagawa: Programme) -> None:
    _browser, number = caller(kanagawa)
    assert confirm(as_staff(StaffRole.READ_ONLY), hanako, number).status_code == 403
    with programme_scope(kanagawa):
        assert not LoginTicket.objects.exclude(confirmed_by=None).exists()
