import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.web.text import render


class Elements(HTMLParser):
    """What a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert [name for name, _value in attrs] == (["href"] if tag == "a" else [])
        self.links += [value or "" for _name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_paragraphs_headings_and_lists() -> None:
    text = "はじめに\n二行目\n\n## 目標\n- ひとつ\n- ふたつ\n続き\r\n\r\n終わり"
    assert render(text).split("\n") == [
        "<p>はじめに<br>二行目</p>",
        "<h2>目標</h2>",
        "<ul><li>ひとつ</li><li>ふたつ</li></ul>",
        "<p>続き</p>",
        "<p>終わり</p>",
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[方針](/about/privacy/)", '<a href="/about/privacy/">方針</a>'),
        ("[手紙](mailto:a@example.jp)", '<a href="mailto:a@example.jp">手紙</a>'),
        ("[電話](tel:045-000-0000)", '<a href="tel:045-000-0000">電話</a>'),
        ("https://example.jp/a?b=1&c=2。", '<a href="https://example.jp/a?b=1&amp;c=2">https://example.jp/a?b=1&amp;c=2</a>。'),
        ("見る（https://example.jp/）", '見る（<a href="https://example.jp/">https://example.jp/</a>）'),
    ],
)  # fmt: skip
def test_links(text: str, html: str) -> None:
    assert render(text) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "[押す](javascript:alert(1))",
        "[押す](//elsewhere.example)",
        "[押す](data:text/html,x)",
        "<script>alert(1)</script>",
        "## <b>",
        "- <i>",
    ],
)
def test_nothing_else_becomes_markup(text: str) -> None:
    seen = Elements(render(text))
    assert set(seen.names) <= {"p", "h2", "ul", "li"}


PIECES = ["## ", "- ", "\n", "\n\n", "\r\n", "[", "](", ")", "https://", "mailto:", "javascript:", "/", "//", "<", ">", '"',
          "&", "&lt;", "<script>", " ", "あ", "a.jp", "x"]  # fmt: skip


@given(some.lists(some.sampled_from(PIECES) | some.text(max_size=5)).map("".join))
def test_any_text_is_shown_and_never_runs(text: str) -> None:
    seen = Elements(render(text))
    assert set(seen.names) <= {"p", "br", "h2", "ul", "li", "a"}
    assert all(re.match(r"(https?://|mailto:|tel:|/(?!/))[^\s<>\"']+$", link) for link in seen.links)
    for word in re.findall(r"[あ-ん]+", text):
        assert word in seen.text
