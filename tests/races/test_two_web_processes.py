"""Many who want the same places at the same moment, through two real web processes that know nothing of each other."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from meetings.models import Meeting, Seat
from meetings.services.meetings import save_meeting
from meetings.states import TAKING, SeatState
from portal.local.child import stop
from portal.local.environment import local_environment
from portal.local.home import Home
from portal.local.processes import listen, start_web
from portal.local.valkey import Valkey
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests import servers
from tests.breadth import EVERYTHING
from tests.factories import make_actor, make_meeting, make_member, make_partner, make_programme, make_seat
from tests.sessions import signed_in

CONFIRMED, WAITING, OFFERED = SeatState.CONFIRMED, SeatState.WAITING, SeatState.OFFERED
AT_ONCE = 8
PEOPLE, PLACES = (200, 30) if EVERYTHING else (60, 10)
TOKEN = "c" * 32


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    make_programme("tokyo")
    return make_programme("kanagawa")


@pytest.fixture
def ports(kanagawa: Programme) -> Iterator[Sequence[int]]:
    """Two servers on this test's database, with a cache that no other test has written to."""
    with ExitStack() as stack:
        home = Home(servers.HOME.path / f"webs_{connection.settings_dict['NAME']}").prepare()
        valkey = Valkey(home).start()
        stack.callback(valkey.stop)
        name, found = str(connection.settings_dict["NAME"]), []
        for number in range(2):
            listener = stack.enter_context(listen(0))
            port = listener.getsockname()[1]
            own = local_environment(home, servers.postgres, valkey, name, port) | {"SECRET_KEY": settings.SECRET_KEY}
            process = start_web(listener, home.log(f"web-{number}"), "--threads=4", environment=own)
            stack.callback(stop, process, signal.SIGTERM, 10)
            found.append(port)
        yield found


@dataclass(frozen=True)
class Post:
    """One press of a button in the browser of a person who has signed in, or has not."""

    path: str
    form: dict[str, str]
    session: str = ""

    def send(self, port: int) -> int:
        cookies = f"{settings.CSRF_COOKIE_NAME}={TOKEN}; {settings.SESSION_COOKIE_NAME}={self.session}"
        head = {
            "Host": "kanagawa.localhost", "Origin": "http://kanagawa.localhost", "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        http = HTTPConnection("127.0.0.1", port)
        http.request("POST", self.path, urlencode(self.form | {"csrfmiddlewaretoken": TOKEN}), head)
        answer = http.getresponse()
        answer.read()
        http.close()
        return answer.status


def at_once(ports: Sequence[int], deeds: Sequence[Post | Callable[[], int]]) -> list[int]:
    """The deeds in eight hands that begin together: every second one is sent to the second server."""
    hands = [deeds[number::AT_ONCE] for number in range(min(AT_ONCE, len(deeds)))]
    start = Barrier(len(hands))

    def work(number: int) -> list[int]:
        start.wait()
        return [deed.send(ports[number % 2]) if isinstance(deed, Post) else deed() for deed in hands[number]]

    with ThreadPoolExecutor(len(hands)) as pool:
        return [status for statuses in pool.map(work, range(len(hands))) for status in statuses]


def browser_of(programme: Programme, name: str) -> str:
    """The session of somebody who signs others up, of a new organisation."""
    member = make_member(MemberRole.EDITOR, make_partner(name=name))
    return str(signed_in(member.user, programme, member).cookies[settings.SESSION_COOKIE_NAME].value)


def signs_up(meeting: Meeting, session: str, email: str) -> Post:
    person = {"name-0": email, "email-0": email, "title-0": "", "mode-0": "online", "note": "", "_send": "1"}
    return Post(f"/meetings/{meeting.pk}/sign-up/", person, session)


def states(meeting: Meeting) -> list[str]:
    return list(Seat.objects.filter(meeting=meeting).values_list("state", flat=True))


def test_many_people_for_few_places(kanagawa: Programme, ports: Sequence[int]) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting(online_capacity=PLACES)
        sessions = [browser_of(kanagawa, f"団体{number}") for number in range(PEOPLE)]
    answers = at_once(ports, [signs_up(meeting, own, f"p{number}@example.jp") for number, own in enumerate(sessions)])
    assert answers == [302] * PEOPLE
    with programme_scope(kanagawa):
        found = states(meeting)
        assert (found.count(CONFIRMED), found.count(WAITING), len(found)) == (PLACES, PEOPLE - PLACES, PEOPLE)
        # Each was told what it was given, once; and whoever waits next in the order of time is asked next.
        mails = OutgoingMail.objects.filter(to__in=Seat.objects.values("email"))
        told = [mails.filter(message=f"meetings.{one}").count() for one in ("confirmed", "waiting")]
        assert told == [PLACES, PEOPLE - PLACES]
        order = list(Seat.objects.waiting().order_by("since", "id").values_list("pk", flat=True))
        leaving = list(Seat.objects.confirmed().values_list("token", flat=True)[:8])
    at_once(ports, [Post(f"/meetings/places/{token}/", {"deed": "leave"}) for token in leaving])
    with programme_scope(kanagawa):
        assert set(Seat.objects.filter(state=OFFERED).values_list("pk", flat=True)) == set(order[:8])


def test_giving_up_and_taking_an_offered_place_cross(kanagawa: Programme, ports: Sequence[int]) -> None:
    """One server is told to take the place that is offered, the other to give it up: one place, and nobody twice."""
    rounds = []
    with programme_scope(kanagawa):
        for number in range(8):
            meeting = make_meeting(title=f"第{number}回", online_capacity=1)
            held = make_seat(meeting, state=OFFERED, held_until=timezone.now() + timedelta(hours=1))
            rounds.append((held, make_seat(meeting, state=WAITING)))
    for held, following in rounds:
        path = f"/meetings/places/{held.token}/"
        assert at_once(ports, [Post(path, {"deed": "take"}), Post(path, {"deed": "leave"})]) == [302, 302]
        with programme_scope(kanagawa):
            held.refresh_from_db()
            following.refresh_from_db()
            # Taken and then left, or left and then refused: it is given up, and the next is asked once.
            assert (held.state, following.state) == (SeatState.CANCELLED, OFFERED)
            assert OutgoingMail.objects.filter(message="meetings.offered", to=following.email).count() == 1


def test_the_last_place_and_a_smaller_room_cross(kanagawa: Programme, ports: Sequence[int]) -> None:
    """Two ask for the last place at two servers while an officer takes it away in a third process."""
    officer = make_actor(StaffRole.OFFICER, kanagawa)
    for number in range(4):
        with programme_scope(kanagawa):
            meeting = make_meeting(title=f"第{number}回", online_capacity=2)
            make_seat(meeting)
            sessions = [browser_of(kanagawa, f"団体{number}の{letter}") for letter in "ab"]
            asks = [signs_up(meeting, own, f"{index}.{number}@example.jp") for index, own in enumerate(sessions)]
            smaller = Meeting.objects.get(pk=meeting.pk)
        smaller.online_capacity = 1

        def shrink(smaller: Meeting = smaller) -> int:
            try:
                with programme_scope(kanagawa):
                    save_meeting(meeting=smaller, actor=officer, fields=["online_capacity"])
            except ValidationError:
                return 409
            finally:
                connections.close_all()
            return 302

        first, second, refused = at_once(ports, [*asks, shrink])
        assert (first, second) == (302, 302)
        with programme_scope(kanagawa):
            meeting.refresh_from_db()
            found = states(meeting)
            assert meeting.online_capacity == (2 if refused == 409 else 1)
            assert sum(state in TAKING for state in found) == meeting.online_capacity
            assert found.count(WAITING) == 3 - meeting.online_capacity
