"""One stylesheet, one script, nothing inline: what the pages weigh and what their policy allows."""

import gzip
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client

FOLDER = settings.BASE_DIR / "templates"
# Mails know no stylesheet of ours: their style stands in them.
TEMPLATES = sorted(set(FOLDER.rglob("*.html")) - set((FOLDER / "mail").rglob("*.html")))


def test_the_stylesheet_stays_small() -> None:
    content = (settings.BASE_DIR / "static" / "portal.css").read_bytes()
    assert len(gzip.compress(content)) < 12_000


class Loads(HTMLParser):
    """What a page makes a browser fetch besides pictures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.files: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "link" and known.get("rel") == "stylesheet":
            self.files.add(known["href"] or "")
        if tag in ("script", "iframe", "object", "embed", "video", "audio"):
            self.files.add(known.get("src") or "inline")


@pytest.mark.parametrize("address", ["/", "/en/", "/easy/", "/nowhere/", "/demo/components/"])
def test_a_page_loads_three_files_at_most(visit: Client, address: str) -> None:
    files = Loads(visit.get(address).content.decode()).files
    assert len(files) <= 2  # and the page itself
    assert "inline" not in files


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_template_holds_no_inline_style_script_or_handler(path) -> None:  # type: ignore[no-untyped-def]
    source = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source, re.IGNORECASE)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))
    assert "|safe" not in source


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_form_has_no_placeholder_and_nothing_disabled(path) -> None:  # type: ignore[no-untyped-def]
    assert not re.search(r"\splaceholder=|\sdisabled(?=[\s>=])", path.read_text())
