"""Whether the door for partners' people tells by its answers or by its time who is registered.

A person who is known, one who is not, and a second one who is not, ask in turn, each round in another order. Where the
two unknown ones differ by more than a tenth, the machine was too noisy and no figure of the run counts.
"""

import http.client
import random
import re
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from urllib.parse import urlencode

from bench.load import Request
from bench.sql import Counter
from bench.stack import Stack, Web
from bench.table import Row, Table

ROUNDS = 150
AA_TOLERANCE = 0.10
PROGRAMME = "kanagawa"
HOST = "kanagawa.localhost"
TOKEN = "m" * 32
STEPS = ("asking for the mail", "the page that waits", "a wrong code")


class Telling(RuntimeError):
    """The answers differ: somebody could learn who is registered."""


@dataclass
class Person:
    name: str
    # Of its network addresses, and of its mail addresses: what it types is as long for everybody.
    block: int
    times: list[list[float]] = field(default_factory=lambda: [[], [], []])
    answers: set[str] = field(default_factory=set)


def run(stack: Stack) -> Table:
    people = [Person("known", 1), Person("unknown", 2), Person("unknown again", 3)]
    known, unknown, again = people
    register(known)
    web = stack.start_web("portal.wsgi")
    for number in range(ROUNDS):
        for person in random.sample(people, len(people)):
            visit(web, person, number)
    if len({tuple(sorted(person.answers)) for person in people}) > 1:
        raise Telling(f"{[person.answers for person in people]}")
    aa = max(ratio(unknown, again, step) for step in range(len(STEPS)))
    first, next_ = Counter().count(Request(HOST, "/sign-in/"))
    return Table(
        "Sign-in: who is registered and who is not (milliseconds)",
        [row(person, step) for step in range(len(STEPS)) for person in people],
        [
            *(f"known / unknown, {name}: {median(known.times[step]) / median(unknown.times[step]):.3f}"
              for step, name in enumerate(STEPS)),
            f"unknown / unknown again: at most {aa:.1%} apart.",
            "Status, headers and page were the same for all.",
            f"{ROUNDS} rounds, in another order each; every visitor and every address is a new one.",
            f"SQL of the sign-in page: {next_.queries}, for the first visitor {first.queries}.",
        ],
        quotable=aa <= AA_TOLERANCE,
    )  # fmt: skip


def register(person: Person) -> None:
    from partners.models import Member, Partner
    from partners.states import MemberState
    from portal.accounts.models import User
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    with programme_scope(Programme.objects.get(slug=PROGRAMME)):
        partner = Partner.objects.filter(state="registered")[0]
        for number in range(ROUNDS):
            user = User.objects.with_address(address(person, number))
            Member.objects.create(partner=partner, user=user, name="測定 太郎", state=MemberState.ACTIVE)


def address(person: Person, number: int) -> str:
    return f"person.{person.block}.{number}@bench.example.jp"


def visit(web: Web, person: Person, number: int) -> None:
    """Three steps of one browser."""
    jar = {"__Host-csrf": TOKEN}
    # Each a visitor of its own: limits count by network address.
    network = f"10.{person.block}.{number // 250}.{number % 250}"
    steps = (
        ("POST", "/sign-in/", {"address": address(person, number)}),
        ("GET", "/sign-in/wait/", None),
        ("POST", "/sign-in/wait/", {"code": "000000"}),
    )
    for step, (method, path, data) in enumerate(steps):
        body = urlencode(data | {"csrfmiddlewaretoken": TOKEN}) if data else None
        started = time.perf_counter()
        status, headers, text = ask(web, method, path, body, jar, network)
        person.times[step].append((time.perf_counter() - started) * 1000)
        person.answers.add(shape(step, status, headers, text))


def ask(
    web: Web, method: str, path: str, body: str | None, jar: dict[str, str], network: str
) -> tuple[int, list[tuple[str, str]], str]:
    connection = http.client.HTTPConnection(*web.address)
    connection.request(method, path, body, {
        "Host": HOST,
        "Origin": f"https://{HOST}",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": network,
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
    })  # fmt: skip
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.partition(";")[0].partition("=")
        jar[name] = value
    return answer.status, answer.getheaders(), text


def shape(step: int, status: int, headers: list[tuple[str, str]], text: str) -> str:
    """What can be seen from outside, without what differs for everybody."""
    text = re.sub(r'<b class="nowrap">[^<]*@[^<]*</b>|name="csrfmiddlewaretoken" value="\w+"', "", text)
    text = re.sub(r"\d+時\d*分?|<p class=\"strong-num\">\d{4}</p>", "", text)
    names = sorted(name for name, _value in headers)
    return f"{step} {status} {names} {dict(headers).get('Location')} {len(text)}"


def ratio(one: Person, other: Person, step: int) -> float:
    return abs(median(one.times[step]) / median(other.times[step]) - 1)


def row(person: Person, step: int) -> Row:
    low, middle, high = quantiles(person.times[step], n=4)
    return Row(
        f"{STEPS[step]}: {person.name}",
        {"median": middle, "25 %": low, "75 %": high, "95 %": quantiles(person.times[step], n=20)[-1]},
    )
