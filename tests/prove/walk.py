"""Following every link that somebody is shown, and noting every form; a few pages of each kind are enough."""

from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from tests.prove.people import Person

PAGES_OF_A_KIND = 2
# Lists with filters have a link for each value.
QUERIES_OF_A_KIND = 1
MOST_PAGES = 1500
# Signs out, or leads out of the portal.
LEFT_ALONE = ("accounts:sign_out", "admin:logout")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """As it stands on a page: where it goes, and its fields."""

    page: str
    action: str
    method: str
    fields: tuple[Field, ...]
    route: str
    # The admin's pages that may only be looked at hold a form that nobody can send.
    has_button: bool


@dataclass(frozen=True)
class Page:
    address: str
    status: int
    route: str
    came_from: str
    body: bytes
    content_type: str


@dataclass
class Walk:
    person: Person
    pages: dict[str, Page] = field(default_factory=dict)
    forms: dict[tuple[str, str, tuple[str, ...]], Form] = field(default_factory=dict)

    def go(self) -> Self:
        seen: Counter[tuple[str, bool]] = Counter()
        waiting = deque((start, "") for start in self.person.starts)
        while waiting and len(self.pages) < MOST_PAGES:
            address, came_from = waiting.popleft()
            route = route_of(address, self.person.host)
            kind = (route, bool(urlsplit(address).query))
            most = QUERIES_OF_A_KIND if kind[1] else PAGES_OF_A_KIND
            if route.startswith(("en ", "easy ")) and not self.person.in_every_language:
                continue
            if address in self.pages or route in LEFT_ALONE or seen[kind] >= most:
                continue
            seen[kind] += 1
            answer = self.person.client.get(address)
            body = body_of(answer)
            content_type = answer.get("Content-Type", "")
            self.pages[address] = Page(address, answer.status_code, route, came_from, body, content_type)
            if answer.status_code in (301, 302):
                waiting.append((urljoin(address, answer["Location"]), address))
            elif content_type.startswith("text/html"):
                self._read(address, body.decode(), waiting)
        return self

    def _read(self, address: str, html: str, waiting: deque[tuple[str, str]]) -> None:
        reader = Reader(address)
        reader.feed(html)
        for form in reader.forms:
            route = route_of(form.action, self.person.host)
            whole = Form(address, form.action, form.method, tuple(form.fields), route, form.has_button)
            names = tuple(sorted({one.name for one in whole.fields}))
            if whole.method == "post" and route not in LEFT_ALONE:
                self.forms.setdefault((route, route_of(address, self.person.host), names), whole)
            if whole.method == "get":
                waiting.append((form.action, address))
        for link in reader.links:
            target = urlsplit(urljoin(f"http://{self.person.host}{address}", link))
            if target.scheme in ("http", "https") and target.hostname == self.person.host:
                waiting.append((f"{target.path}?{target.query}" if target.query else target.path, address))


def body_of(answer: Any) -> bytes:
    if not answer.streaming:
        return bytes(answer.content)
    # Reading to the end closes the answer, and the file behind it.
    return b"".join(answer.streaming_content)


def route_of(address: str, host: str) -> str:
    urlconf = settings.PLATFORM_URLCONF if host == settings.PLATFORM_HOST else settings.ROOT_URLCONF
    path = urlsplit(address).path
    for language in ("en", "easy"):
        if path == f"/{language}/" or path.startswith(f"/{language}/"):
            return f"{language} {route_of(path.removeprefix(f'/{language}'), host)}"
    try:
        match = resolve(path, urlconf)
    except Resolver404:
        return f"? {path}"
    return match.view_name or match.route


class Reader(HTMLParser):
    """The links of a page, and its forms with what stands in them."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Any] = []
        self._by_id: dict[str, Any] = {}
        self._select: list[str] | None = None
        self._text: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "a" and said.get("href"):
            self.links.append(said["href"])
        elif tag == "form":
            action = urljoin(self.address, said.get("action") or self.address)
            method = said.get("method", "get").lower()
            form = type("Open", (), {"action": action, "method": method, "fields": [], "has_button": False})()
            self.forms.append(form)
            if "id" in said:
                self._by_id[said["id"]] = form
        elif tag in ("input", "button", "select", "textarea"):
            self._add(tag, said)
        elif tag == "option" and self._select is not None:
            self._select.append(said.get("value", ""))

    def _add(self, tag: str, said: dict[str, str]) -> None:
        form = self._by_id.get(said.get("form", "")) or (self.forms[-1] if self.forms else None)
        if form is None:
            return
        kind = said.get("type", "text") if tag == "input" else tag
        form.has_button |= kind in ("submit", "image") or (tag == "button" and said.get("type", "submit") == "submit")
        if not said.get("name"):
            return
        choices: list[str] = []
        if tag == "select":
            self._select = choices
        form.fields.append(_Field(said["name"], kind, said.get("value", ""), choices))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


@dataclass(frozen=True)
class _Field(Field):
    choices: Any = ()
