"""Documents on paper: tagged PDF/UA from the typst templates in templates/pdf, with fonts of our own.

    render_pdf("certificate.typ", title=_("登録証"), number="…", day=…, data={"name": partner.name, …})

The data goes in as JSON and stays text. A template sees its own folder and nothing else. The same input gives the
same bytes. The letterhead is the current programme's.
"""

import json
import logging
import struct
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pylopdf_fonts_jp
import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.tenancy.palettes import PALETTES, TONES
from portal.tenancy.scope import current_programme
from portal.web.characters import composed, is_invisible
from portal.web.dates import era_year, long_day
from portal.web.kept import kept_document

logger = logging.getLogger(__name__)

FOLDER = settings.BASE_DIR / "templates" / "pdf"
TOKYO = ZoneInfo("Asia/Tokyo")
# What Japanese print puts where a character cannot be printed.
GETA = "〓"


class PdfError(RuntimeError):
    """A template or its data is wrong; the message says where."""


def render_pdf(
    template: str, *, title: str, data: Mapping[str, Any], number: str = "", day: date | None = None
) -> bytes:
    """`number` and `day` stand beside the letterhead; `day` is also the file's date."""
    language = "en" if get_language() == "en" else "ja"
    given, has_replaced = printable(
        {
            "title": title,
            "number": number,
            "date": _written(day, language) if day else "",
            "language": language,
            "facts_head": [_("項目"), _("内容")],
            "replaced_note": _("「%s」は、この書類の書体にない文字です。") % GETA,
            "data": data,
            **letterhead(),
        }
    )
    if not given["title"].strip():
        raise ValueError("A document needs a title that can be printed.")
    created = datetime.combine(day or date(2000, 1, 1), time(), TOKYO)
    try:
        pdf, warnings = typst.compile_with_warnings(
            FOLDER / template,
            root=FOLDER,
            font_paths=_fonts(),
            sys_inputs={"given": json.dumps(given | {"has_replaced": has_replaced}, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(created.timestamp()),
        )
    except typst.TypstError as error:
        raise PdfError(" ".join([f"{template}: {error.message}", *error.hints, *error.trace])) from error
    for warning in warnings:
        logger.warning("pdf warning", extra={"facts": {"template": template, "warning": warning.message}})
    return bytes(pdf)


def kept_pdf(template: str, **given: Any) -> bytes:
    """As `render_pdf`, for what everybody may ask for, again and again: drawn once for what it says."""
    return kept_document((template, given, letterhead()), lambda: render_pdf(template, **given))


def picture_of(svg: str) -> bytes:
    """A drawing as PNG, 1,600 pixels wide on a clear ground."""
    page = f"#set page(width: 400pt, height: auto, margin: 0pt, fill: none)\n#image(bytes({json.dumps(svg)}), width: 400pt)"
    png: Any = typst.compile(page.encode(), font_paths=_fonts(), format="png", ppi=288.0)
    return bytes(png)


def drawable(svg: str) -> bool:
    try:
        picture_of(svg)
    except typst.TypstError:
        return False
    return True


def pdf_response(pdf: bytes, filename: str) -> HttpResponse:
    """Opens in the browser, and is saved under its own name."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, filename) or "inline"
    return response


def printable(value: Any) -> tuple[Any, bool]:
    """The value with its texts made printable, and whether a character had to be replaced."""
    replaced = False

    def clean(value: Any) -> Any:
        nonlocal replaced
        if isinstance(value, str | Promise):
            text = printable_text(str(value))
            replaced = replaced or text.count(GETA) > str(value).count(GETA)
            return text
        if isinstance(value, Mapping):
            return {str(key): clean(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [clean(part) for part in value]
        return value

    return clean(value), replaced


def printable_text(text: str) -> str:
    """Without invisible characters; what the font cannot draw becomes 〓. Line ends stay."""
    drawn = _drawable()
    text = composed("\n".join(text.splitlines()).replace("\t", " "))
    return "".join(
        character if character in drawn or character == "\n" or _selects_variant(character) else GETA
        for character in text
        if character == "\n" or not is_invisible(character)
    )


def _selects_variant(character: str) -> bool:
    """葛 and 葛󠄀 differ by such a mark; a font without the variant draws the common form."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _written(day: date, language: str) -> str:
    """令和8年11月20日（2026年11月20日）"""
    if language == "en":
        return long_day(day, "en")
    return f"{era_year(day)}{day.month}月{day.day}日（{day.year}年{day.month}月{day.day}日）"


def letterhead() -> dict[str, Any]:
    """What each document takes from the programme, beside its own data."""
    programme = current_programme()
    tones = dict(zip(TONES, PALETTES.get(programme.palette, PALETTES["blue"]), strict=True))
    return {
        "letterhead": {field: programme.local(field) for field in ("operator", "name", "office")},
        "key": tones["1000"],
    }


@cache
def _fonts() -> typst.Fonts:
    paths = [pylopdf_fonts_jp.sans_path(), pylopdf_fonts_jp.serif_path()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(paths[0].parent)])


@cache
def _drawable() -> frozenset[str]:
    """The characters that both fonts have: from their cmap tables (OpenType, format 12)."""
    return frozenset(_characters_of(pylopdf_fonts_jp.sans_path().read_bytes())) & frozenset(
        _characters_of(pylopdf_fonts_jp.serif_path().read_bytes())
    )


def _characters_of(font: bytes) -> set[str]:
    (count,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(count))
    cmap = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for index in range(count):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * index + 4)
        if struct.unpack_from(">H", font, cmap + offset) == (12,):
            (groups,) = struct.unpack_from(">I", font, cmap + offset + 12)
            ranges = struct.iter_unpack(">III", font[cmap + offset + 16 : cmap + offset + 16 + 12 * groups])
            return {chr(code) for first, last, _glyph in ranges for code in range(first, last + 1)}
    raise PdfError("The font has no table of its characters.")
