"""The door for partners' people, with everything that is known to be tried at such doors."""

import logging
import re
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.test import Client

from partners.models import Member
from partners.states import MemberState, PartnerState
from portal.accounts import keys
from portal.accounts.models import LoginTicket, StaffAppointment, User
from portal.accounts.services.sign_in import ask_to_sign_in, redeem_link
from portal.accounts.sessions import TICKET
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.clock import later
from tests.factories import make_member, make_partner, make_staff, make_user
from tests.mailbox import letters
from tests.sessions import signed_in

HANAKO = "hanako@aoba.example.jp"
NOBODY = "nobody@example.jp"


@pytest.fixture
def hanako(kanagawa: Programme, tokyo: Programme) -> Member:
    with programme_scope(kanagawa):
        return make_member(email=HANAKO)


def browser(programme: Programme) -> Client:
    return Client(headers={"host": programme.primary_host})


def ask(visitor: Client, address: str = HANAKO, **data: str):  # type: ignore[no-untyped-def]
    return visitor.post("/sign-in/", {"address": address, **data})


REFUSED = "/sign-in/wait/?code=wrong"


def try_code(visitor: Client, code: str) -> str:
    """Where one is led with this code."""
    return visitor.post("/sign-in/wait/", {"code": code})["Location"]


def is_in(visitor: Client) -> bool:
    return visitor.get("/mypage/").status_code == 200


def last(programme: Programme, to: str = HANAKO):  # type: ignore[no-untyped-def]
    return letters(programme, to)[-1]


# --- The way it should go --------------------------------------------------------------------------------------------


def test_the_link_signs_in_after_any_number_of_looks(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    assert ask(visit)["Location"] == "/sign-in/wait/"
    link = last(kanagawa).link
    phone = browser(kanagawa)
    for look in (phone.get, phone.get, phone.head, phone.get, phone.options, phone.get):
        assert look(link).status_code in (200, 405)
    page = phone.get(link)
    assert "株式会社あおばソーラー" in page.text and "山田 花子 様" in page.text
    assert not is_in(phone)
    assert phone.post(link)["Location"] == "/mypage/arrive/?next="
    assert is_in(phone)
    # The browser that asked stays outside: whoever asks does not get in by somebody else's press.
    assert not is_in(visit)
    assert phone.post(link).status_code == 410
    assert browser(kanagawa).get(link).status_code == 410


def test_the_code_signs_in_where_it_was_asked_for_and_nowhere_else(
    visit: Client, kanagawa: Programme, hanako: Member
) -> None:
    ask(visit)
    code = last(kanagawa).code
    stranger = browser(kanagawa)
    assert stranger.post("/sign-in/wait/", {"code": code})["Location"] == "/sign-in/"
    assert visit.post("/sign-in/wait/", {"code": code})["Location"] == "/mypage/arrive/?next="
    assert is_in(visit)


@pytest.mark.parametrize("typed", ["{}", "１２３", " {} ", "{}-", "full-width"])
def test_a_code_is_understood_however_it_is_typed(
    visit: Client, kanagawa: Programme, hanako: Member, typed: str
) -> None:
    ask(visit)
    code = last(kanagawa).code
    if typed == "full-width":
        typed = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    answer = visit.post("/sign-in/wait/", {"code": typed.format(code)})
    if typed == "１２３":
        assert "6桁の数字" in answer.text
        # What cannot be a code is no attempt.
        with programme_scope(kanagawa):
            assert LoginTicket.objects.get().attempts == 0
    else:
        assert answer["Location"].startswith("/mypage/arrive/")


@pytest.mark.parametrize("typed", [" Hanako@Aoba.example.jp ", "ｈａｎａｋｏ＠ａｏｂａ．ｅｘａｍｐｌｅ．ｊｐ"])
def test_an_address_is_understood_however_it_is_typed(
    visit: Client, kanagawa: Programme, hanako: Member, typed: str
) -> None:
    ask(visit, typed)
    assert last(kanagawa).code


@pytest.mark.parametrize(
    "typed", ["", "hanako", "hanako@", "hanako@aoba", "花子@example.jp", "a b@example.jp", "a@b..jp"]
)
def test_what_is_no_address_is_said_at_the_field_and_stays(visit: Client, typed: str) -> None:
    answer = ask(visit, typed)
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text
    if typed:
        assert f'value="{typed}"' in answer.text


def test_a_code_only_mail_holds_no_address(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    first = last(kanagawa)
    later(21, kanagawa)
    assert visit.post("/sign-in/wait/code/")["Location"] == "/sign-in/wait/?sent=code"
    plain = last(kanagawa)
    assert plain.message == "accounts.sign_in_code"
    assert plain.code == first.code
    assert plain.html == "" and "http" not in plain.text
    assert try_code(visit, plain.code).startswith("/mypage/arrive/")


def test_a_deep_link_survives_sign_in(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    assert visit.get("/mypage/help/")["Location"] == "/sign-in/?next=/mypage/help/"
    assert 'name="next" value="/mypage/help/?a=1"' in visit.get("/sign-in/?next=/mypage/help/%3Fa=1").text
    ask(visit, next="/mypage/help/?a=1")
    phone = browser(kanagawa)
    answer = phone.post(last(kanagawa).link, follow=True)
    assert answer.request["PATH_INFO"] == "/mypage/help/" and answer.request["QUERY_STRING"] == "a=1"


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil",
        "///e",
    ],
)
def test_nothing_leads_to_another_host(visit: Client, kanagawa: Programme, hanako: Member, evil: str) -> None:
    assert 'name="next"' not in visit.get("/sign-in/", {"next": evil}).text
    ask(visit, next=evil)
    answer = visit.post("/sign-in/wait/", {"code": last(kanagawa).code, "next": evil}, follow=True)
    assert answer.request["PATH_INFO"] == "/mypage/"
    assert visit.get("/mypage/arrive/", {"next": evil})["Location"] == "/mypage/"
    assert visit.get("/sign-in/", {"next": evil})["Location"] == "/mypage/"


def test_the_mail_and_its_page_keep_the_language(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    assert visit.post("/en/sign-in/", {"address": HANAKO})["Location"] == "/en/sign-in/wait/"
    link = last(kanagawa).link
    assert link.startswith("/en/sign-in/link/")
    assert visit.post(link)["Location"] == "/en/mypage/arrive/?next="


def test_the_link_is_the_programmes_own_whatever_the_host_header(
    visit: Client, kanagawa: Programme, hanako: Member
) -> None:
    for host in ("evil.example", "kanagawa.localhost.evil.example"):
        assert visit.post("/sign-in/", {"address": HANAKO}, headers={"host": host}).status_code == 400
    with programme_scope(kanagawa):
        assert not OutgoingMail.objects.exists()
    ask(visit)
    assert "http://kanagawa.localhost:8000/sign-in/link/" in last(kanagawa).text


def test_the_page_costs_at_most_four_queries(visit: Client, kanagawa: Programme, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(4):
        assert visit.get("/sign-in/").status_code == 200
    ask(visit)
    with django_assert_max_num_queries(4):
        assert visit.get("/sign-in/wait/").status_code == 200


def test_the_pages_are_kept_by_nobody(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    for address in ("/sign-in/", "/sign-in/wait/", last(kanagawa).link, "/sign-in/link/none/"):
        answer = visit.get(address)
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "strict-origin")


# --- Once, for fifteen minutes, at most three at a time --------------------------------------------------------------


def test_link_and_code_use_each_other_up(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    letter = last(kanagawa)
    phone = browser(kanagawa)
    phone.post(letter.link)
    assert try_code(visit, letter.code) == REFUSED and not is_in(visit)
    later(21, kanagawa)
    ask(visit)
    letter = last(kanagawa)
    visit.post("/sign-in/wait/", {"code": letter.code})
    assert browser(kanagawa).post(letter.link).status_code == 410


def test_after_fifteen_minutes_both_are_over(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    letter = last(kanagawa)
    later(15 * 60 - 5, kanagawa)
    assert visit.get(letter.link).status_code == 200
    later(6, kanagawa)
    for answer in (visit.get(letter.link), visit.post(letter.link)):
        assert answer.status_code == 410
        assert "新しいメールを送る" in answer.text
    visit.post("/sign-in/wait/", {"code": letter.code})
    assert not is_in(visit)
    assert "もう一度メールを送る" in visit.get("/sign-in/wait/").text


def test_a_link_that_is_over_sends_a_new_mail_to_the_same_address(
    kanagawa: Programme, hanako: Member, visit: Client
) -> None:
    ask(visit, next="/mypage/help/")
    letter = last(kanagawa)
    later(16 * 60, kanagawa)
    phone = browser(kanagawa)
    assert HANAKO not in phone.get(letter.link).text
    assert phone.post(f"{letter.link}again/")["Location"] == "/sign-in/wait/"
    new = last(kanagawa)
    assert new.link != letter.link
    assert phone.post("/sign-in/wait/", {"code": new.code})["Location"] == "/mypage/arrive/?next=%2Fmypage%2Fhelp%2F"


def test_the_fourth_request_ends_the_first(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    links = []
    for _ in range(4):
        ask(visit)
        links.append(last(kanagawa).link)
        later(21, kanagawa)
    assert [visit.get(link).status_code for link in links] == [410, 200, 200, 200]
    # A sign-in ends all others.
    browser(kanagawa).post(links[1])
    assert [visit.get(link).status_code for link in links] == [410] * 4


def test_mail_that_was_held_up_still_comes_the_last_three_of_it(
    visit: Client, kanagawa: Programme, hanako: Member
) -> None:
    """The mail server was away for longer than a link lives."""
    for _ in range(4):
        ask(visit)
        later(16 * 60, kanagawa)
    arrived = letters(kanagawa, HANAKO, "accounts.sign_in")
    assert len(arrived) == LoginTicket.MOST_LIVE
    assert "新しいメールを送る" in visit.get(arrived[-1].link).text


def test_held_up_mail_does_not_come_after_a_sign_in(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    later(16 * 60, kanagawa)
    with programme_scope(kanagawa):
        signed_in_already = ask_to_sign_in(address=HANAKO, next_path="", language="ja")
        assert redeem_link(token=signed_in_already.link_token)
    assert not letters(kanagawa, HANAKO, "accounts.sign_in")


def test_somebody_elses_tickets_stay(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    with programme_scope(kanagawa):
        make_member(email="taro@aoba.example.jp", partner=hanako.partner)
    ask(visit)
    link = last(kanagawa).link
    other = browser(kanagawa)
    ask(other, "taro@aoba.example.jp")
    other.post(last(kanagawa, "taro@aoba.example.jp").link)
    assert visit.get(link).status_code == 200


# --- Nobody learns who is registered ---------------------------------------------------------------------------------


@pytest.fixture
def everybody(kanagawa: Programme, tokyo: Programme, hanako: Member) -> list[str]:
    """One address of every kind; only the first may sign in by mail."""
    with programme_scope(kanagawa):
        make_member(email="disabled@example.jp", state=MemberState.DISABLED)
        make_member(email="ended@example.jp", partner=make_partner(state=PartnerState.ENDED))
        make_member(user=make_user("inactive@example.jp", is_active=False))
        make_member(user=make_user("second@example.jp"))
        # Somebody put an address beside their own: it is not theirs before it is confirmed.
        EmailAddress.objects.create(user=hanako.user, email="unverified@example.jp", verified=False)
        make_member(user=make_staff(StaffRole.OFFICER, kanagawa, email="both@example.jp"))
    with programme_scope(tokyo):
        make_member(email="tokyo@example.jp")
    make_staff(StaffRole.OFFICER, kanagawa, email="staff@example.jp")
    make_user("no.member@example.jp")
    return [
        HANAKO, NOBODY, "disabled@example.jp", "ended@example.jp", "inactive@example.jp", "unverified@example.jp",
        "both@example.jp", "tokyo@example.jp", "staff@example.jp", "no.member@example.jp",
    ]  # fmt: skip


def shape(answer, address: str) -> tuple[int, dict[str, str], str]:  # type: ignore[no-untyped-def]
    """What can be seen from outside, without what differs for everybody."""
    headers = {name: value for name, value in answer.items() if name not in ("X-Request-ID", "Content-Length")}
    text = answer.text.replace(address, "")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    text = re.sub(r"<b class=\"nowrap\">[^<]*@[^<]*</b>", "", text)
    return answer.status_code, headers, re.sub(r"\d{4}|\d+:\d\d|\d+時\d+分|[\d:]+まで", "", text)


def test_every_address_gets_the_same_answers_for_the_same_work(
    kanagawa: Programme, everybody: list[str], django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    from django.test.utils import CaptureQueriesContext

    seen = set()
    browser(kanagawa).get("/")  # the host is known from now on
    for address in everybody:
        visitor = browser(kanagawa)
        with CaptureQueriesContext(connection) as queries:
            asked = ask(visitor, address)
        kinds = tuple(re.sub(r"\s.*", "", query["sql"]) for query in queries.captured_queries)
        waits = visitor.get("/sign-in/wait/")
        wrong = [visitor.post("/sign-in/wait/", {"code": "000000"}) for _ in range(6)]
        seen.add((repr([shape(answer, address) for answer in (asked, waits, *wrong)]), kinds))
    assert len(seen) == 1


def test_only_the_right_addresses_get_a_link(kanagawa: Programme, everybody: list[str]) -> None:
    for address in everybody:
        ask(browser(kanagawa), address)
    sent = {letter.to: letter.message for letter in letters(kanagawa)}
    assert sent == dict.fromkeys(everybody[1:], "accounts.unknown_address") | {HANAKO: "accounts.sign_in"}


def test_an_unknown_address_is_told_once_a_day(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    for _ in range(4):
        ask(visit, NOBODY)
        later(21, kanagawa)
        letters(kanagawa)
    assert len(letters(kanagawa, NOBODY)) == 1
    assert not letters(kanagawa, NOBODY)[0].link and not letters(kanagawa, NOBODY)[0].code


def test_even_the_right_code_opens_nothing_for_an_unknown_address(
    visit: Client, kanagawa: Programme, hanako: Member
) -> None:
    ask(visit, NOBODY)
    with programme_scope(kanagawa):
        code = LoginTicket.objects.get().code
    assert try_code(visit, code) == REFUSED
    assert not is_in(visit)


@pytest.mark.parametrize("change", ["disabled", "ended", "inactive", "address", "staff"])
def test_what_is_on_its_way_opens_nothing_after_a_change(
    visit: Client, kanagawa: Programme, hanako: Member, change: str
) -> None:
    ask(visit)
    letter = last(kanagawa)
    with programme_scope(kanagawa):
        match change:
            case "disabled":
                Member.objects.update(state=MemberState.DISABLED)
            case "ended":
                hanako.partner.state = PartnerState.ENDED
                hanako.partner.save()
            case "inactive":
                User.objects.filter(pk=hanako.user.pk).update(is_active=False)
            case "address":
                User.objects.filter(pk=hanako.user.pk).update(email="other@aoba.example.jp")
            case "staff":
                StaffAppointment.objects.create(user=hanako.user, role=StaffRole.OFFICER)
    assert visit.get(letter.link).status_code == 410
    assert visit.post(letter.link).status_code == 410
    assert not is_in(visit)


# --- Guessing ----------------------------------------------------------------------------------------------------------


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_right_code_is_refused_after_five_wrong_ones(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    letter = last(kanagawa)
    for left in (4, 3, 2, 1):
        assert try_code(visit, wrong(letter.code)) == REFUSED
        page = visit.get(REFUSED).text
        assert "番号が違います" in page and f"あと{left}回" in page
    try_code(visit, wrong(letter.code))
    assert "使えなくなりました" in visit.get(REFUSED).text
    visit.post("/sign-in/wait/", {"code": letter.code})
    assert not is_in(visit)
    # The link has nothing to guess and still works.
    assert visit.post(letter.link).status_code == 302


@pytest.mark.parametrize("token", ["x", "あ", "a" * 3000, "%00", "..", "' OR 1=1 --"])
def test_a_made_up_link_is_over(visit: Client, token: str) -> None:
    from urllib.parse import quote

    assert visit.get(f"/sign-in/link/{quote(token)}/").status_code in (400, 404, 410)
    assert visit.post(f"/sign-in/link/{quote(token)}/").status_code in (400, 404, 410)


def test_a_link_opens_nothing_on_another_programmes_host(
    visit: Client, kanagawa: Programme, tokyo: Programme, hanako: Member
) -> None:
    with programme_scope(tokyo):
        make_member(user=hanako.user)
    ask(visit)
    link = last(kanagawa).link
    assert browser(tokyo).get(link).status_code == 410
    assert browser(tokyo).post(link).status_code == 410
    assert visit.get(link).status_code == 200


# --- How often -----------------------------------------------------------------------------------------------------


def test_the_sixth_mail_within_an_hour_is_refused(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    for sent in range(1, 6):
        assert ask(visit).status_code == 302
        assert len(letters(kanagawa, HANAKO)) == sent
        later(21, kanagawa)
    answer = ask(visit)
    assert answer.status_code == 200 and "1時間に5通まで" in answer.text
    # Another visitor, another address in front of ours, nothing helps.
    spoofed = browser(kanagawa)
    for number in range(3):
        answer = spoofed.post("/sign-in/", {"address": HANAKO}, headers={"x-forwarded-for": f"192.0.2.{number}"})
        assert answer.status_code == 200
    assert len(letters(kanagawa, HANAKO)) == 5
    later(3600, kanagawa)
    assert ask(visit).status_code == 302


def test_the_code_mail_counts_too(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    assert visit.post("/sign-in/wait/code/")["Location"] == "/sign-in/wait/?sent=later"
    for _ in range(6):
        later(21, kanagawa)
        visit.post("/sign-in/wait/code/")
    # The same mail is never sent twice, but each press counts.
    assert [letter.message for letter in letters(kanagawa, HANAKO)] == ["accounts.sign_in", "accounts.sign_in_code"]
    later(21, kanagawa)
    assert "1時間に5通まで" in ask(visit).text


def test_pressing_twice_is_no_error(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    assert [ask(visit).status_code for _ in range(2)] == [302, 302]
    assert len(letters(kanagawa, HANAKO)) == 1


def test_one_visitor_cannot_write_to_everybody(kanagawa: Programme, visit: Client) -> None:
    answers = [ask(visit, f"person{number}@example.jp").status_code for number in range(42)]
    assert answers == [302] * 40 + [200] * 2
    assert ask(browser(kanagawa), HANAKO).status_code == 200
    elsewhere = browser(kanagawa).post("/sign-in/", {"address": HANAKO}, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.status_code == 302


def test_programmes_do_not_share_limits(kanagawa: Programme, tokyo: Programme) -> None:
    assert ask(browser(kanagawa)).status_code == 302
    assert ask(browser(tokyo)).status_code == 302


# --- Sessions --------------------------------------------------------------------------------------------------------


def test_a_planted_session_is_left_behind(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    planted = visit.cookies[settings.SESSION_COOKIE_NAME].value
    visit.post("/sign-in/wait/", {"code": last(kanagawa).code})
    assert visit.cookies[settings.SESSION_COOKIE_NAME].value != planted
    attacker = browser(kanagawa)
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(attacker)


def test_nothing_of_the_one_before_stays_in_the_session(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    with programme_scope(kanagawa):
        taro = make_member(email="taro@example.jp", partner=make_partner(name="みどり農園"))
    ask(visit)
    visit.post("/sign-in/wait/", {"code": last(kanagawa).code})
    session = visit.session
    session["secret"] = "of Hanako"
    session.save()
    ask(visit, taro.user.email)
    visit.post("/sign-in/wait/", {"code": last(kanagawa, taro.user.email).code})
    assert "みどり農園" in visit.get("/mypage/").text
    assert "secret" not in visit.session and TICKET not in visit.session


def test_the_cookie_is_for_the_server_and_this_host_alone(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    cookie = visit.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]


def test_a_signed_in_person_is_not_asked_again(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    visit.post("/sign-in/wait/", {"code": last(kanagawa).code})
    assert visit.get("/sign-in/")["Location"] == "/mypage/"
    assert visit.post("/sign-out/")["Location"] == "/sign-out/done/"
    assert not is_in(visit)
    assert visit.post("/sign-out/").status_code == 302
    assert visit.get("/sign-out/").status_code == 405


def test_a_second_page_of_the_door_leads_in_too(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    """Two tabs: by the link in one, and then the code in the other, which was opened before."""
    ask(visit)
    letter = last(kanagawa)
    strict = Client(enforce_csrf_checks=True, headers={"host": kanagawa.primary_host})
    strict.cookies = visit.cookies
    old = {"csrfmiddlewaretoken": strict.get("/sign-in/wait/").context["csrf_token"]}
    assert strict.post(letter.link, old).status_code == 302
    assert strict.post("/sign-in/wait/", {"code": letter.code} | old)["Location"] == "/mypage/arrive/"
    assert strict.post("/mypage/account/address/", old).status_code == 403


def test_who_has_two_organisations_is_not_asked_to_sign_in_again(kanagawa: Programme, hanako: Member) -> None:
    with programme_scope(kanagawa):
        make_member(partner=make_partner(name="みどり農園"), user=hanako.user)
    undecided = signed_in(hanako.user, kanagawa)
    assert undecided.get("/sign-in/?next=/mypage/help/")["Location"] == "/mypage/arrive/?next=%2Fmypage%2Fhelp%2F"


# --- What is stored, logged and put on record ----------------------------------------------------------------------


@dataclass
class Secrets:
    link: str
    code: str

    def are_in(self, text: str) -> bool:
        token = self.link.rstrip("/").rpartition("/")[2]
        return token in text or re.search(rf"(?<!\d){self.code}(?!\d)", text) is not None


def test_a_dump_of_the_database_yields_neither_link_nor_code(
    visit: Client, kanagawa: Programme, hanako: Member
) -> None:
    ask(visit)
    with programme_scope(kanagawa):
        ticket = LoginTicket.objects.get()
        secrets = Secrets(ticket.link_token, ticket.code)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                for (row,) in cursor.fetchall():
                    assert not secrets.are_in(row), table
    # The seed, which is stored, is worth nothing without the key, which is not.
    assert keys.link_token(ticket.seed) == secrets.link
    settings.SECRET_KEY, key = "x" * 50, settings.SECRET_KEY
    try:
        assert keys.link_token(ticket.seed) != secrets.link and keys.code(ticket.seed) != secrets.code
    finally:
        settings.SECRET_KEY = key


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_no_log_names_link_or_code(
    visit: Client,
    kanagawa: Programme,
    hanako: Member,
    logged: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from portal.accounts.views import mail
    from portal.web.logs import JsonFormatter

    ask(visit)
    letter = last(kanagawa)
    secrets = Secrets(letter.link, letter.code)
    visit.post("/sign-in/wait/", {"code": wrong(letter.code)})
    monkeypatch.setattr(mail, "places_of", lambda user: 1 / 0)
    visit.raise_request_exception = False
    assert visit.get(letter.link).status_code == 500
    monkeypatch.undo()
    visit.post(letter.link)
    visit.get(letter.link)
    lines = [
        JsonFormatter().format(record) for record in logged.records if record.name.startswith(("portal", "django"))
    ]
    lines = [line for line in lines if "django.db" not in line]
    assert any("accounts:link" in line for line in lines)
    assert not [line for line in lines if secrets.are_in(line)]


def test_a_sign_in_is_on_record_without_what_opened_it(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    ask(visit)
    letter = last(kanagawa)
    visit.post(letter.link)
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.SIGNED_IN)
    assert (event.actor, event.changes) == (hanako.user, {"methods": [None, ["link"]]})


def test_the_mail_row_keeps_nothing_secret(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    from tests.mailbox import is_secret

    ask(visit)
    with programme_scope(kanagawa):
        mail = OutgoingMail.objects.get()
        assert set(mail.data) == {"ticket"}
    assert is_secret("accounts.sign_in") and is_secret("accounts.sign_in_code") and is_secret("partners.invitation")


# --- Doors that must not exist ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/signup/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/signup/",
        "/_allauth/browser/v1/auth/login", "/_allauth/app/v1/auth/signup", "/_allauth/openapi.html", "/2fa/authenticate/",
    ],
)  # fmt: skip
def test_allauths_own_pages_are_not_there(visit: Client, address: str) -> None:
    assert visit.get(address).status_code == 404
    assert visit.post(address, {"email": HANAKO}).status_code == 404


def test_sign_up_stays_closed_even_if_it_were_routed() -> None:
    from allauth.account.adapter import get_adapter

    assert not get_adapter().is_open_for_signup(None)


def test_a_request_without_its_token_is_refused_and_uses_nothing_up(
    visit: Client, kanagawa: Programme, hanako: Member
) -> None:
    ask(visit)
    link = last(kanagawa).link
    strict = Client(enforce_csrf_checks=True, headers={"host": kanagawa.primary_host})
    strict.get(link)
    assert strict.post(link).status_code == 403
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    assert strict.post(link, {"csrfmiddlewaretoken": token}, headers={"origin": "null"}).status_code == 403
    assert (
        strict.post(link, {"csrfmiddlewaretoken": token}, headers={"origin": "http://evil.example"}).status_code == 403
    )
    own = {"origin": f"http://{kanagawa.primary_host}"}
    assert strict.post(link, {"csrfmiddlewaretoken": token}, headers=own).status_code == 302
