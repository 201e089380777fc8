"""Who is asking: sessions belong to a host, staff need a second factor, public pages read nothing."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from portal.accounts import middleware
from portal.accounts.sessions import MEMBER, SEEN
from portal.accounts.visitors import limit_key, network_address
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole, full_member
from portal.web.errors import forbidden
from tests.factories import make_member, make_partner, make_staff
from tests.sessions import signed_in

AsPerson = Callable[..., Client]


def actor_at(browser: Client, programme: Programme, **extra: str):  # type: ignore[no-untyped-def]
    """What the middleware makes of this browser's next request."""
    request = RequestFactory().get("/", **extra)
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    request.session = browser.session
    request.programme = programme  # type: ignore[attr-defined]
    middleware.ActorMiddleware(lambda request: None).process_request(request)  # type: ignore[arg-type,return-value]
    with programme_scope(programme):
        str(request.actor.user)  # type: ignore[attr-defined]
    request.session.save()
    return request.actor  # type: ignore[attr-defined]


def test_a_public_page_reads_no_session(visit: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    visit.get("/")
    visit.cookies[settings.SESSION_COOKIE_NAME] = "0" * 32
    with django_assert_num_queries(0):
        answer = visit.get("/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_a_person_is_found_with_four_queries(
    as_member: AsPerson, kanagawa: Programme, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_member(MemberRole.EDITOR)
    with django_assert_num_queries(4):  # the session, the user, whether staff, the places
        actor = actor_at_fresh(browser, kanagawa)
    assert actor.membership.partner_name == "株式会社あおばソーラー"
    assert actor.is_member(MemberRole.EDITOR) and not actor.is_member(MemberRole.OWNER)
    assert actor.may_take_part


def actor_at_fresh(browser: Client, programme: Programme):  # type: ignore[no-untyped-def]
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    store = type(browser.session)
    request.session = store(request.COOKIES[settings.SESSION_COOKIE_NAME])
    request.programme = programme  # type: ignore[attr-defined]
    middleware.ActorMiddleware(lambda request: None).process_request(request)  # type: ignore[arg-type,return-value]
    with programme_scope(programme):
        return request.actor._wrapped if bool(request.actor.user) else None  # type: ignore[attr-defined]


def test_a_session_is_worth_nothing_on_another_host(as_member: AsPerson, kanagawa: Programme, tokyo: Programme) -> None:
    browser = as_member()
    assert not actor_at(browser, kanagawa).is_anonymous
    assert actor_at(browser, tokyo).is_anonymous


def test_a_disabled_member_and_an_ended_partner_are_out_at_once(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member()
    with programme_scope(kanagawa):
        browser.member.state = "disabled"
        browser.member.save()
    assert actor_at(browser, kanagawa).membership is None
    with programme_scope(kanagawa):
        browser.member.state = "active"
        browser.member.save()
        browser.member.partner.state = "ended"
        browser.member.partner.save()
    assert actor_at(browser, kanagawa).membership is None


@pytest.mark.parametrize(
    ("fields", "full"),
    [({}, True), ({"state": "unconfirmed"}, False), ({"state": "suspended"}, False), ({"is_migrated": False}, False)],
)
def test_who_may_take_part(as_member: AsPerson, kanagawa: Programme, fields: dict[str, object], full: bool) -> None:
    actor = actor_at(as_member(**fields), kanagawa)
    assert actor.is_member(MemberRole.OWNER)
    assert actor.may_take_part == full


def test_with_two_organisations_none_is_assumed(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member()
    with programme_scope(kanagawa):
        other = make_member(MemberRole.VIEWER, make_partner(name="みどり農園"), user=browser.user)
    assert actor_at(browser, kanagawa).membership.partner_name == "株式会社あおばソーラー"
    session = browser.session
    session[MEMBER] = other.pk
    session.save()
    assert actor_at(browser, kanagawa).membership.partner_name == "みどり農園"
    del session[MEMBER]
    session.save()
    actor = actor_at(browser, kanagawa)
    assert actor.is_undecided and len(actor.memberships) == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"state": "unconfirmed", "number": None}, "登録の内容を確認しています"),
        ({"state": "suspended"}, "ただいまご利用を止めています"),
        ({"is_migrated": False}, "新しい制度への移行をお願いします"),
    ],
)
def test_who_may_not_take_part_is_told_why(
    as_member: AsPerson, kanagawa: Programme, fields: dict[str, object], says: str
) -> None:
    """`full_member`, behind which later apps put whatever books, posts or applies."""

    def answer(role: MemberRole, **fields: object) -> HttpResponse:
        request = RequestFactory().post("/anywhere/")
        request.actor = actor_at(as_member(role, **fields), kanagawa)  # type: ignore[attr-defined]
        request.programme = kanagawa  # type: ignore[attr-defined]
        try:
            return full_member()(lambda request: HttpResponse("booked"))(request)
        except PermissionDenied as refusal:
            return forbidden(request, refusal)

    assert answer(MemberRole.EDITOR).text == "booked"
    for role in (MemberRole.EDITOR, MemberRole.OWNER):
        refused = answer(role, **fields)
        assert refused.status_code == 403 and says in refused.text
    # A role that is too low is no matter of waiting.
    assert "権限がありません" in answer(MemberRole.VIEWER, **fields).text
    assert "権限がありません" in answer(MemberRole.VIEWER).text


def test_somebody_elses_place_cannot_be_chosen(as_member: AsPerson, kanagawa: Programme) -> None:
    browser, other = as_member(), as_member()
    with programme_scope(kanagawa):
        make_member(MemberRole.VIEWER, make_partner(name="みどり農園"), user=browser.user)
    session = browser.session
    session[MEMBER] = other.member.pk
    session.save()
    assert actor_at(browser, kanagawa).is_undecided


def test_staff_without_a_second_factor_are_nobody(kanagawa: Programme) -> None:
    officer = make_staff(StaffRole.OFFICER, kanagawa)
    assert actor_at(signed_in(officer, kanagawa, second_factor=False), kanagawa).is_anonymous
    assert actor_at(signed_in(officer, kanagawa), kanagawa).staff_role == StaffRole.OFFICER


def test_staff_never_act_as_a_partners_person(as_staff: AsPerson, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        member = make_member(user=officer.user)
    session = officer.session
    session[MEMBER] = member.pk
    session.save()
    actor = actor_at(officer, kanagawa)
    assert actor.is_staff() and actor.membership is None


def test_an_ended_appointment_opens_nothing(as_staff: AsPerson, kanagawa: Programme) -> None:
    from django.utils import timezone

    from portal.accounts.models import StaffAppointment

    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        StaffAppointment.objects.update(ended_at=timezone.now())
    assert actor_at(officer, kanagawa).staff_role is None


def test_staff_are_out_after_thirty_idle_minutes(
    as_staff: AsPerson, kanagawa: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, start = as_staff(StaffRole.OFFICER), time.time()
    session = officer.session
    session[SEEN] = int(start)
    session.save()
    # A page within the half hour starts it anew …
    monkeypatch.setattr(middleware.time, "time", lambda: start + 1799)
    assert actor_at(officer, kanagawa).is_staff()
    monkeypatch.setattr(middleware.time, "time", lambda: start + 1799 + 1800)
    assert actor_at(officer, kanagawa).is_staff()
    # … and one second more is too late.
    monkeypatch.setattr(middleware.time, "time", lambda: start + 1799 + 1800 + 1802)
    assert actor_at(officer, kanagawa).is_anonymous


def test_a_partners_person_has_no_such_limit(
    as_member: AsPerson, kanagawa: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, start = as_member(), time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: start + 86_400)
    assert actor_at(browser, kanagawa).is_member()


def test_staff_come_only_from_the_networks_that_are_allowed(as_staff: AsPerson, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    kanagawa.staff_networks = ["192.0.2.0/24", "2001:db8::/32"]
    assert actor_at(officer, kanagawa, REMOTE_ADDR="192.0.2.7").is_staff()
    assert actor_at(officer, kanagawa, REMOTE_ADDR="2001:db8::7").is_staff()
    assert actor_at(officer, kanagawa, REMOTE_ADDR="198.51.100.7").is_anonymous
    # The header is anybody's to write.
    assert actor_at(officer, kanagawa, REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="192.0.2.7").is_anonymous


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.66, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, "", "0.0.0.0"),
        (1, "nonsense", "0.0.0.0"),
    ],
)
def test_a_forwarded_address_counts_only_from_our_own_proxies(
    settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=forwarded)
    assert network_address(request) == expected


def test_a_visitor_by_ipv6_is_a_whole_network() -> None:
    one, other = (RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{end}") for end in ("1", "ffff"))
    assert limit_key(one) == limit_key(other) == "2001:db8:1:2::/64"


def test_passwords_are_unusable_unless_set(db: None) -> None:
    user = get_user_model().objects.create_user("hanako@example.jp")
    assert not user.has_usable_password()
