"""What no browser sends, against every route, as the public and as staff: a clear 4xx page, and nothing of it logged.

Each route is sent some of it in turn; `make prove` sends everything everywhere.
"""

import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from portal.web.logs import JsonFormatter
from portal.web.middleware import LONGEST_ADDRESS
from tests.policy.visitors import Visitor, World
from tests.policy.walking import ask, each_map, in_turn, walk

# Stands in everything that is sent; a log line that holds it has copied what came from outside.
SECRET = "himitsu"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"

QUERIES = {
    f"{SECRET}=%00": 400,
    f"%00{SECRET}=1": 400,
    f"{SECRET}=%ff": 400,
    f"{SECRET}=%ED%A0%80": 400,
    f"{SECRET}={'x' * 10_000}": 414,
}
BODIES: dict[str, tuple[str, bytes, int]] = {
    "broken UTF-8": (URLENCODED, f"{SECRET}=%ff%fe".encode(), 400),
    "raw bytes": (URLENCODED, f"{SECRET}=".encode() + b"\xff\xfe", 400),
    "NUL": (URLENCODED, f"{SECRET}=%00".encode(), 400),
    "NUL in a name": (URLENCODED, f"%00{SECRET}=1".encode(), 400),
    "thousands of fields": (URLENCODED, "&".join(f"{SECRET}{n}=1" for n in range(3000)).encode(), 400),
    "too large for a form": (URLENCODED, f"{SECRET}=".encode() + b"x" * (3 * 1024 * 1024), 413),
    "another charset": (f"{URLENCODED}; charset=hex", f"{SECRET}=1".encode(), 400),
    "NUL in a part": (
        MULTIPART,
        f'--b\r\nContent-Disposition: form-data; name="{SECRET}"\r\n\r\n\0\r\n--b--'.encode(),
        400,
    ),
    "NUL in a part's name": (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="a\0b"\r\n\r\n1\r\n--b--', 400),
    "parts without a boundary": ("multipart/form-data", f"{SECRET}=1".encode(), 400),
    "a part that never ends": (MULTIPART, f'--b\r\nContent-Disposition: form-data; name="{SECRET}'.encode(), 0),
}
HEADERS = [
    ({"CONTENT_LENGTH": "-1"}, 400),
    ({"CONTENT_LENGTH": SECRET}, 400),
    ({"CONTENT_LENGTH": "９"}, 400),
    ({"CONTENT_LENGTH": "9" * 30}, 400),
    ({"CONTENT_LENGTH": str(settings.LARGEST_REQUEST + 1)}, 413),
    ({"CONTENT_TYPE": "text/html; charset=hex"}, 400),
    ({"HTTP_COOKIE": f'{settings.SESSION_COOKIE_NAME}="{SECRET}\\000"'}, 400),
]
# Put into the parameters of routes, where they have any.
PARAMETERS = ["0", "-1", "9" * 40, "x" * 300, "%00", "%ff", "..%2f..%2fetc", "あ", "a'b\"c<d>", SECRET]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """The log as production writes it."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(level)


curious = pytest.mark.parametrize("visitor", [Visitor.PUBLIC, Visitor.APPROVER], ids=["public", "approver"])


@each_map
@curious
def test_nonsense_in_the_query(urlconf: str, visitor: Visitor, world: World, logged: io.StringIO) -> None:
    wrong = []
    for number, (client, _, _, address) in enumerate(walk(urlconf, visitor, world)):
        for query, status in in_turn(QUERIES.items(), number):
            answer = ask(client, "GET", address, QUERY_STRING=query)
            if not is_page(answer, status):
                wrong.append(f"{address}?{query[:40]}: {answer.status_code}, not {status}")
    assert not wrong, "\n".join(wrong)
    assert SECRET not in logged.getvalue()


@each_map
@curious
def test_nonsense_in_the_body(urlconf: str, visitor: Visitor, world: World, logged: io.StringIO) -> None:
    wrong = []
    for number, (client, _, _, address) in enumerate(walk(urlconf, visitor, world)):
        for name, (kind, body, status) in in_turn(BODIES.items(), number):
            answer = ask(client, "POST", address, data=body, content_type=kind)
            if answer.status_code >= 500 or (status and not is_page(answer, status)):
                wrong.append(f"{address} {name}: {answer.status_code}, not {status}")
    assert not wrong, "\n".join(wrong)
    assert SECRET not in logged.getvalue()


@each_map
@curious
def test_nonsense_in_headers(urlconf: str, visitor: Visitor, world: World, logged: io.StringIO) -> None:
    wrong = []
    for number, (client, _, _, address) in enumerate(walk(urlconf, visitor, world)):
        for headers, status in in_turn(HEADERS, number):
            answer = ask(client, "GET", address, **headers)
            if not is_page(answer, status):
                wrong.append(f"{address} {headers}: {answer.status_code}, not {status}")
    assert not wrong, "\n".join(wrong)
    assert SECRET not in logged.getvalue()


@each_map
@curious
def test_nonsense_in_the_path(urlconf: str, visitor: Visitor, world: World, logged: io.StringIO) -> None:
    wrong = []
    for number, (client, place, _, address) in enumerate(walk(urlconf, visitor, world)):
        paths = [f"{address}%00", f"{address}%ff", f"{address}{SECRET}/" * 3, address + "x" * LONGEST_ADDRESS]
        paths += [place.address(dict.fromkeys(place.parameters, value)) for value in PARAMETERS if place.parameters]
        for path in in_turn(paths, number):
            answer = ask(client, "GET", path)
            if answer.status_code >= 500:
                wrong.append(f"{path[:80]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert SECRET not in logged.getvalue()


@each_map
def test_nonsense_in_the_lists_of_the_admin(urlconf: str, world: World) -> None:
    """Their filters, orders and pages are words in the address that anybody may change."""
    visitor = Visitor.OPERATOR if urlconf == settings.PLATFORM_URLCONF else Visitor.APPROVER
    queries = [
        "o=99.-99.x",
        "p=-1",
        "p=99999999999",
        "p=x",
        "nosuch=1",
        "id__in=x",
        "id__exact=" + "9" * 40,
        "id__nosuch=1",
    ]
    queries += ["at__year=0", "at__year=99999", "at__year=2026&at__month=13", "at__day=x", "at__gte=x", "slug__exact='"]
    queries += ["_to_field=x", "_popup=1", "_facets=x", "q=" + "あ" * 200, "language__exact=%F0%9F%98%80", "all=&e=1"]
    wrong = []
    for number, (client, place, _, address) in enumerate(walk(urlconf, visitor, world)):
        if place.name.endswith("_changelist"):
            for query in in_turn(queries, number, share=5):
                status = ask(client, "GET", address, QUERY_STRING=quote(query, safe="=&%")).status_code
                if status >= 500:
                    wrong.append(f"{address}?{query}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("address", ["/", "/admin/", "/nowhere/"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        (f"{SECRET}.localhost", 404),
        ("evil.example", 400),
        (f"kanagawa.localhost/{SECRET}", 400),
        (f"{SECRET}@kanagawa.localhost", 400),
        ("kanagawa.localhost:80:80", 400),
        ("kanagawa.localhost\0", 400),
        ("かながわ.localhost".encode().decode("latin-1"), 400),
        ("", 400),
    ],
)
def test_a_host_that_is_not_ours(world: World, logged: io.StringIO, address: str, host: str, status: int) -> None:
    answer = Client(headers={"host": host}).get(address)
    assert answer.status_code == status
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert SECRET not in answer.text + logged.getvalue()
    assert "akehashi" not in answer.text


def test_a_forwarded_host_counts_for_nothing(world: World) -> None:
    visit = Client(headers={"host": "kanagawa.localhost"})
    for header in ("X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"):
        answer = visit.get("/", headers={header: "tokyo.localhost"})
        assert "神奈川県" in answer.text
        assert "tokyo" not in answer.text


def is_page(answer: HttpResponse, status: int) -> bool:
    """Of this status, with words for people."""
    return answer.status_code == status and b"<h1" in answer.content
