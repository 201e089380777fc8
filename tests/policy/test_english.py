"""An English page holds no Japanese but what somebody wrote in Japanese, and that is marked with lang="ja".

Walks every route that has languages, for the public and for a partner's owner; forms also with all their errors. What
is marked for translation and still waits for its English is the business of `manage.py translations --check`.
"""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils.translation import override

from portal.web import translations
from portal.web.errors import ERRORS, error_page
from portal.web.languages import JAPANESE_TEXT
from portal.web.management.commands.translations import own_folders
from tests.policy.routes import places
from tests.policy.visitors import Visitor, World, make_visitor, make_world
from tests.policy.walking import MAPS, host_of, row_of

READ_OUT = {"title", "alt", "aria-label", "aria-description", "placeholder", "content", "label"}
# Elements that never have an end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Japanese(HTMLParser):
    """Finds what is Japanese outside of elements that say so."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.marked: set[str] = set()
        self.titles: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.feed(page)
        # A title cannot mark its parts: it may repeat what the page marks.
        for title in self.titles:
            for part in title.split(" | "):
                self.look(part if part not in self.marked else None)

    def look(self, text: str | None) -> None:
        if text and JAPANESE_TEXT.search(text):
            self.found.append(" ".join(text.split()))

    @property
    def language(self) -> str:
        return next((language for _tag, language in reversed(self.open) if language), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        language = known.get("lang") or ""
        if (language or self.language) != "ja":
            for name, value in attrs:
                if name in READ_OUT or (name == "value" and tag == "button"):
                    self.look(value)
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _language in self.open}
        if "title" in tags and "svg" not in tags:
            self.titles.append(data)
        elif self.language == "ja":
            self.marked.add(data.strip())
        # <pre> shows source code: only the demo does. In a field stands what the person types, in whatever language.
        elif not tags & {"pre", "script", "style", "textarea"}:
            self.look(data)


def english_pages(client: Client, urlconf: str, visitor: Visitor, world: World) -> Iterator[tuple[str, str]]:
    for place in places(urlconf):
        route = MAPS[urlconf][row_of(MAPS[urlconf], place) or ""]
        if not place.has_languages or route.expected[visitor] != 200:
            continue
        address = place.address(route.arguments(world), "en")
        for method in {"GET", "POST"} & set(route.methods):
            response = client.generic(method, address)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                yield f"{method} {address}", response.content.decode()


@cache
def waiting() -> re.Pattern[str]:
    """What is marked, but has no English yet; a placeholder may stand for anything."""
    found = translations.merge(
        "en", translations.read("en"), translations.extract(own_folders(), settings.BASE_DIR)
    ).untranslated_entries()
    texts = [re.escape(text) for entry in found for text in (entry.msgid, entry.msgid_plural) if text]
    return re.compile("|".join(re.sub(r"%(\\\(\w+\\\))?[sd]", ".*", text) for text in texts) or "(?!)")


def assert_english(pages: Iterator[tuple[str, str]]) -> None:
    wrong, seen = [], 0
    for name, page in pages:
        seen += 1
        assert '<html lang="en"' in page
        wrong += [f"{name}: {text}" for text in Japanese(page).found if not waiting().search(text)]
    assert seen
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("urlconf", MAPS)
def test_the_public_pages(urlconf: str, db: None) -> None:
    world = make_world()
    client = Client(headers={"host": host_of(urlconf, world)})
    assert_english(english_pages(client, urlconf, Visitor.PUBLIC, world))


def test_the_pages_of_a_partner(db: None) -> None:
    world = make_world()
    client = make_visitor(Visitor.OWNER, world, world.kanagawa.primary_host)
    assert_english(english_pages(client, settings.ROOT_URLCONF, Visitor.OWNER, world))


@pytest.mark.parametrize("urlconf", MAPS)
def test_the_error_pages(urlconf: str, db: None) -> None:
    world = make_world()
    request = RequestFactory().get("/en/")
    request.programme = None if urlconf == settings.PLATFORM_URLCONF else world.kanagawa
    with override("en"):
        assert_english((str(status), error_page(request, status).content.decode()) for status in ERRORS)


def test_mails_have_all_their_words_marked() -> None:
    """Brackets and colons too: outside of what is translated, a mail's template holds no Japanese."""
    said = re.compile(r"{%\s*blocktrans.*?endblocktrans\s*%}|{%.*?%}|{{.*?}}", re.DOTALL)
    templates = [
        path for path in (settings.BASE_DIR / "templates/mail").rglob("*.*") if path.suffix in (".txt", ".html")
    ]
    wrong = [path.name for path in templates if JAPANESE_TEXT.search(said.sub("", path.read_text()))]
    assert templates and not wrong


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>ことば</p>", ["ことば"]),
        ('<p lang="ja">ことば <b>太字</b></p><p>word</p>', []),
        ('<p lang="ja"><span lang="en">ことば</span></p>', ["ことば"]),
        ('<p lang="ja">一<br>二</p><img alt="絵">', ["絵"]),
        ('<a aria-label="開く" href="/水/">open</a>', ["開く"]),
        ('<title>水 | Portal</title><h1 lang="ja">水</h1>', []),
        ('<title>水 | ポータル</title><h1 lang="ja">水</h1>', ["ポータル"]),
        ("<pre>見本</pre>（ok）", ["（ok）"]),
    ],
)
def test_what_counts_as_japanese(markup: str, found: list[str]) -> None:
    assert Japanese(markup).found == found
