"""Reading pages as a browser does."""

import re
from html import unescape
from typing import Any


def hidden_fields(page: str) -> dict[str, list[str]]:
    """The hidden fields of a page, as they would be sent back."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return found


def seen_on(browser: Any, address: str) -> str:
    """The stamp of what the page shows (partners/edits.py)."""
    return hidden_fields(browser.get(address).text)["seen"][0]


def status_of_file(browser: Any, address: str) -> int:
    """Read to its end: an answer that streams holds its file open."""
    answer = browser.get(address)
    answer.getvalue()
    return int(answer.status_code)
