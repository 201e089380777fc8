"""Signing in many times at once, over real connections and from real processes."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from partners.models import Member
from partners.services import people
from portal.accounts import limits
from portal.accounts.models import LoginTicket
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, Membership
from tests import servers
from tests.factories import make_member, make_partner, make_programme
from tests.mailbox import letters

HANAKO = "hanako@aoba.example.jp"


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    programme = make_programme("kanagawa")
    make_programme("tokyo")
    with programme_scope(programme):
        make_member(email=HANAKO)
    return programme


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    def once(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))


def browser(programme: Programme, cookies: dict[str, str] | None = None) -> Client:
    visitor = Client(headers={"host": programme.primary_host})
    for name, value in (cookies or {}).items():
        visitor.cookies[name] = value
    return visitor


def waiting(programme: Programme) -> tuple[dict[str, str], Any]:
    """The cookies of a browser that has asked, and its letter."""
    visitor = browser(programme)
    visitor.post("/sign-in/", {"address": HANAKO})
    return {name: morsel.value for name, morsel in visitor.cookies.items()}, letters(programme, HANAKO)[-1]


def let_in(answer: Any) -> bool:
    return str(answer.get("Location", "")).startswith("/mypage/arrive/")


def test_of_eight_presses_at_once_one_signs_in(kanagawa: Programme) -> None:
    _cookies, letter = waiting(kanagawa)
    answers = at_once(8, lambda number: browser(kanagawa).post(letter.link).status_code)
    assert Counter(answers) == {302: 1, 410: 7}
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.SIGNED_IN).count() == 1


def test_link_and_code_at_once_are_one_sign_in(kanagawa: Programme) -> None:
    cookies, letter = waiting(kanagawa)

    def either(number: int) -> bool:
        if number % 2:
            return let_in(browser(kanagawa).post(letter.link))
        return let_in(browser(kanagawa, cookies).post("/sign-in/wait/", {"code": letter.code}))

    assert at_once(8, either).count(True) == 1


def test_of_forty_guesses_at_once_five_are_looked_at(kanagawa: Programme) -> None:
    cookies, letter = waiting(kanagawa)
    wrong = f"{(int(letter.code) + 1) % 10**6:06}"

    def guess(number: int) -> bool:
        return let_in(browser(kanagawa, cookies).post("/sign-in/wait/", {"code": wrong}))

    assert not any(at_once(40, guess))
    with programme_scope(kanagawa):
        assert LoginTicket.objects.get().attempts == LoginTicket.MOST_ATTEMPTS
    assert not let_in(browser(kanagawa, cookies).post("/sign-in/wait/", {"code": letter.code}))


def test_a_limit_holds_for_many_at_once(kanagawa: Programme) -> None:
    limit = limits.Limit("test", ((5, 3600),))

    def try_it(number: int) -> bool:
        with programme_scope(kanagawa):
            return limits.allow(limit, "somebody")

    assert at_once(30, try_it).count(True) == 5


PROCESS = """
import django, json, sys
django.setup()
from django.test import Client
visitor = Client(headers={"host": "kanagawa.localhost"})
print(json.dumps([visitor.post("/sign-in/", {"address": address}).status_code for address in json.loads(sys.argv[1])]))
"""


def in_processes(*addresses: list[str]) -> list[list[int]]:
    """Web processes of their own, for which Redis, cache and broker alike, does not exist."""
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": servers.postgres.url("kakehashi_app", name),
        "REDIS_URL": f"unix://{servers.HOME.path}/gone.sock",
        "LOG_LEVEL": "ERROR",
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, json.dumps(part)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for part in addresses
    ]
    return [json.loads(process.communicate()[0]) for process in started]


def test_limits_hold_over_two_processes_without_redis(kanagawa: Programme) -> None:
    many = [f"person{number}@example.jp" for number in range(60)]
    first, second = in_processes(many[:30], many[30:])
    assert Counter(first + second) == {302: 40, 200: 20}


def test_without_redis_the_answers_are_the_same_and_no_mail_is_lost(kanagawa: Programme) -> None:
    known, unknown = in_processes([HANAKO], ["nobody@example.jp"])
    assert known == unknown == [302]
    assert letters(kanagawa, HANAKO)[-1].code
    assert letters(kanagawa, "nobody@example.jp")


def test_two_owners_who_leave_at_once_leave_one_behind(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        partner = make_partner()
        owners = [make_member(MemberRole.OWNER, partner) for _ in range(2)]

    def leave(number: int) -> bool:
        actor = Actor(user=owners[number].user, membership=Membership(0, partner.pk, "", MemberRole.OWNER))
        with programme_scope(kanagawa):
            try:
                people.disable(member=owners[number], actor=actor)
            except people.LastOwner:
                return False
        return True

    assert sorted(at_once(2, leave)) == [False, True]
    with programme_scope(kanagawa):
        assert Member.objects.active().owners().filter(partner=partner).count() == 1
