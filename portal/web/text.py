"""The tiny markup that staff write in: paragraphs, ## headings, - lists, links. Everything else is shown as typed."""

import re
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEADING, ITEM = "## ", "- "
# [言葉](address), or an address as it is. Only addresses that open a page, a mail or a telephone.
LINK = re.compile(
    r"\[(?P<label>[^\[\]\n]+)\]\((?P<target>(?:https?://|mailto:|tel:|/(?!/))[^\s()<>\"']+)\)"
    r"|(?P<bare>https?://[\w\-./?%&=#~:+,;@!*]*[\w/#=~\-])",
    re.ASCII,
)


def inside_quotes(title: str) -> str:
    """A title that goes into 「…」: its own quotes become 『…』."""
    return title.replace("「", "『").replace("」", "』")


def render(text: str) -> SafeString:
    return format_html_join("\n", "{}", ((block,) for block in _blocks(text)))


def _blocks(text: str) -> Iterator[SafeString]:
    """One element for each run of lines of the same kind."""
    kind, lines = "", list[str]()
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        here = _kind(line)
        if lines and (here != kind or kind == "h2"):
            yield _block(kind, lines)
            lines = []
        kind = here
        if kind:
            lines.append(line)


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    return "h2" if line.startswith(HEADING) else "ul" if line.startswith(ITEM) else "p"


def _block(kind: str, lines: list[str]) -> SafeString:
    if kind == "h2":
        return format_html("<h2>{}</h2>", _inline(lines[0].removeprefix(HEADING)))
    if kind == "ul":
        items = ((_inline(line.removeprefix(ITEM)),) for line in lines)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    first, *others = [_inline(line) for line in lines]
    return format_html("<p>{}{}</p>", first, format_html_join("", "<br>{}", ((line,) for line in others)))


def _inline(line: str) -> SafeString:
    parts: list[str] = []
    end = 0
    for match in LINK.finditer(line):
        target = match["target"] or match["bare"]
        parts += [line[end : match.start()], format_html('<a href="{}">{}</a>', target, match["label"] or target)]
        end = match.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, line[end:]]))
