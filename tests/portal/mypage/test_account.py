"""One's own address, devices, consent and password."""

from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import Consent
from portal.accounts.models import User
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import DeadAddress
from portal.outbox.states import Report
from portal.tenancy.models import PasswordRule, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.clock import later
from tests.factories import make_member, make_user
from tests.mailbox import letters

AsPerson = Callable[..., Client]
NEW = "new@aoba.example.jp"


def ask(browser: Client, address: str = NEW) -> None:
    assert browser.post("/mypage/account/address/", {"address": address, "address_again": address}).status_code == 302


def links(programme: Programme, old: str, new: str = NEW) -> tuple[str, str]:
    return letters(programme, old, "accounts.confirm_address")[-1].link, letters(programme, new)[-1].link


@pytest.mark.parametrize("first", [0, 1])
def test_an_address_changes_when_both_sides_have_confirmed(
    as_member: AsPerson, kanagawa: Programme, visit: Client, first: int
) -> None:
    browser = as_member()
    old = browser.user.email
    ask(browser)
    both = links(kanagawa, old)
    for link in both:
        assert visit.get(link).status_code == 200
    assert "変更が終わります" in visit.post(both[first]).text
    assert User.objects.get(pk=browser.user.pk).email == old
    assert "メールアドレスが変わりました" in visit.post(both[1 - first]).text
    assert User.objects.get(pk=browser.user.pk).email == NEW
    assert [visit.post(link).status_code for link in both] == [410, 410]
    with programme_scope(kanagawa):
        assert AuditEvent.objects.get(action=Action.ADDRESS_CHANGED).changes == {"email": None}
    assert letters(kanagawa, old, "accounts.address_changed") and letters(kanagawa, NEW, "accounts.address_changed")


def test_the_changed_address_is_dead_no_more_in_this_programme_alone(
    as_member: AsPerson, kanagawa: Programme, tokyo: Programme, visit: Client
) -> None:
    """Elsewhere the old one gets no mail any more; that the new one is read is shown there by a sign-in."""
    browser = as_member()
    old = browser.user.email
    for programme in (kanagawa, tokyo):
        with programme_scope(programme):
            for address in (old, NEW):
                DeadAddress.objects.create(address=address, kind=Report.HARD)
    ask(browser)
    for link in links(kanagawa, old):
        visit.post(link)
    with programme_scope(kanagawa):
        assert not DeadAddress.objects.now().exists()
    with programme_scope(tokyo):
        assert DeadAddress.objects.now().count() == 2


def test_pressing_one_side_twice_is_not_both(as_member: AsPerson, kanagawa: Programme, visit: Client) -> None:
    browser = as_member()
    ask(browser)
    _old, new = links(kanagawa, browser.user.email)
    visit.post(new)
    visit.post(new)
    visit.post(new.replace("/new/", "/old/"))
    assert User.objects.get(pk=browser.user.pk).email != NEW


def test_a_wished_for_address_opens_nothing(as_member: AsPerson, kanagawa: Programme, visit: Client) -> None:
    ask(as_member())
    letters(kanagawa)
    visit.post("/sign-in/", {"address": NEW})
    assert not letters(kanagawa, NEW, "accounts.sign_in")


def test_an_address_of_somebody_else_is_refused_only_to_its_owner(
    as_member: AsPerson, kanagawa: Programme, visit: Client
) -> None:
    browser = as_member()
    make_user(NEW)
    ask(browser)
    old, new = links(kanagawa, browser.user.email)
    visit.post(old)
    assert visit.post(new).status_code == 409
    assert User.objects.filter(email=NEW).count() == 1


def test_after_two_days_or_a_new_wish_the_links_are_over(
    as_member: AsPerson, kanagawa: Programme, visit: Client
) -> None:
    browser = as_member()
    ask(browser)
    first = links(kanagawa, browser.user.email)
    ask(browser, "third@aoba.example.jp")
    assert [visit.get(link).status_code for link in first] == [410, 410]
    second = links(kanagawa, browser.user.email, "third@aoba.example.jp")
    later(2 * 86_400, kanagawa)
    assert [visit.post(link).status_code for link in second] == [410, 410]


def signed_in_by_code(programme: Programme, address: str) -> Client:
    browser = Client(
        headers={
            "host": programme.primary_host,
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        }
    )
    later(21, programme)
    browser.post("/sign-in/", {"address": address})
    browser.post("/sign-in/wait/", {"code": letters(programme, address, "accounts.sign_in")[-1].code})
    return browser


def test_own_sessions_are_listed_and_can_be_ended(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member(email="hanako@aoba.example.jp")
        other = make_member(email="taro@aoba.example.jp")
    with programme_scope(tokyo):
        make_member(user=member.user)
    here, elsewhere, in_tokyo = (signed_in_by_code(place, member.user.email) for place in (kanagawa, kanagawa, tokyo))
    somebody = signed_in_by_code(kanagawa, other.user.email)
    page = here.get("/mypage/account/").text
    assert page.count("Firefox（Linux）") == 2 and "この機器" in page
    here.post("/mypage/sessions/end/", {"session": "others"})
    assert elsewhere.get("/mypage/").status_code == 302
    for browser in (here, in_tokyo, somebody):
        assert browser.get("/mypage/").status_code == 200


def test_consent_is_changed_by_a_new_row(as_member: AsPerson, kanagawa: Programme) -> None:
    browser = as_member()
    browser.post("/mypage/account/consent/", {"publishes_reports": "on"})
    browser.post("/mypage/account/consent/", {})
    with programme_scope(kanagawa):
        rows = [(row.shows_contact, row.publishes_reports) for row in Consent.objects.order_by("id")]
    assert rows == [(False, True), (False, False)]


# --- Passwords, where a programme has them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "password", "status"),
    [
        (PasswordRule.LONG, "correct horse battery", 302),
        (PasswordRule.LONG, "Aa1!aaaa", 200),
        (PasswordRule.MIXED, "Aa1!aaaa", 302),
        (PasswordRule.MIXED, "Ａａ１！ａａａａ", 302),
        (PasswordRule.MIXED, "aaaaaa1¥", 302),
        (PasswordRule.MIXED, "aaaaaaa1", 200),
        (PasswordRule.MIXED, "Aa1!aa", 200),
        (PasswordRule.MIXED, "Aa1!aaaあ", 200),
    ],
)
def test_the_programmes_rule_for_passwords(
    as_member: AsPerson, tokyo: Programme, rule: str, password: str, status: int
) -> None:
    tokyo.password_rule = rule
    tokyo.save()
    browser = as_member(MemberRole.OWNER, tokyo)
    form = {"password": password, "password_again": password}
    assert browser.post("/mypage/account/password/", form).status_code == status


def test_a_password_is_set_used_forgotten_and_set_anew(as_member: AsPerson, tokyo: Programme) -> None:
    browser = as_member(MemberRole.OWNER, tokyo)
    address = browser.user.email
    form = {"password": "full of stars\\", "password_again": "full of stars\\"}
    browser.post("/mypage/account/password/", form)
    assert letters(tokyo, address, "accounts.password_changed")
    visitor = Client(headers={"host": tokyo.primary_host})
    wrong = visitor.post("/sign-in/password/", {"address": address, "password": "no"})
    assert "メールアドレスかパスワードが違います" in wrong.text
    # The key with ¥ is the same key on another machine.
    right = visitor.post("/sign-in/password/", {"address": address, "password": "full of stars¥"})
    assert right["Location"].startswith("/mypage/arrive/")
    other = Client(headers={"host": tokyo.primary_host})
    other.post("/sign-in/password/forgotten/", {"address": address, "address_again": address})
    link = letters(tokyo, address, "accounts.new_password")[-1].link
    new = {"password": "another long one", "password_again": "another long one"}
    assert other.get(link).status_code == 200
    assert other.post(link, new)["Location"] == "/sign-in/password/done/"
    assert other.post(link, new).status_code == 410
    assert visitor.get("/mypage/").status_code == 302


def test_without_the_feature_there_is_no_password(as_member: AsPerson, visit: Client) -> None:
    assert visit.get("/sign-in/password/").status_code == 404
    assert as_member().get("/mypage/account/password/").status_code == 404
