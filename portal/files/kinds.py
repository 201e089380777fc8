"""The kinds of files that may be sent, and how to tell a kind by its content."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MB = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    code: str
    label: str | Promise
    content_type: str
    extensions: tuple[str, ...]
    is_picture: bool = False


PDF = Kind("pdf", "PDF", "application/pdf", (".pdf",))
WORD = Kind(
    "word", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)
)  # fmt: skip
EXCEL = Kind("excel", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
POWERPOINT = Kind(
    "powerpoint", "PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",)
)  # fmt: skip
JPEG = Kind("jpeg", "JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif"), is_picture=True)
PNG = Kind("png", "PNG", "image/png", (".png",), is_picture=True)
WEBP = Kind("webp", "WebP", "image/webp", (".webp",), is_picture=True)
GIF = Kind("gif", "GIF", "image/gif", (".gif",), is_picture=True)
TEXT = Kind("text", _("テキスト"), "text/plain", (".txt",))
CSV = Kind("csv", "CSV", "text/csv", (".csv",))
VTT = Kind("vtt", "WebVTT", "text/vtt", (".vtt",))
ZIP = Kind("zip", "ZIP", "application/zip", (".zip",))

ALL = (PDF, WORD, EXCEL, POWERPOINT, JPEG, PNG, WEBP, GIF, TEXT, CSV, VTT, ZIP)
# What a form accepts that says nothing else. A ZIP hides what is in it, and captions belong to a video: a form has to
# ask for either.
DOCUMENTS = tuple(kind for kind in ALL if kind not in (VTT, ZIP))
BY_CODE = {kind.code: kind for kind in ALL}


def kind_codes() -> list[tuple[str, str | Promise]]:
    """By name in the migrations, so that a new kind needs none."""
    return [(kind.code, kind.label) for kind in ALL]


@dataclass(frozen=True)
class Limits:
    """What one field of one form takes."""

    kinds: tuple[Kind, ...] = DOCUMENTS
    largest: int = 10 * MB
    most: int = 1
    # The longer side of a picture, in pixels: larger ones are made smaller.
    longest_side: int = 4096


def kind_of_extension(extension: str) -> Kind | None:
    return next((kind for kind in ALL if extension in kind.extensions), None)


def in_words(kinds: Iterable[Kind]) -> str:
    """PDF、Word、画像（JPEG・PNG）、CSV"""
    words, pictures = [], [str(kind.label) for kind in kinds if kind.is_picture]
    for kind in kinds:
        if not kind.is_picture:
            words.append(str(kind.label))
        elif str(kind.label) == pictures[0]:
            words.append(str(_("画像（%s）")) % str(_("・")).join(pictures))
    return str(_("、")).join(words)


# --- By content: a file's first bytes ---------------------------------------------------------------------------------
SIGNATURES = [
    ("pdf", re.compile(rb"%PDF-[12]\.\d")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
    ("zip", re.compile(rb"PK\x03\x04")),
    # The container of Office before 2007, and of Office files with a password.
    ("ole", re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    ("heic", re.compile(rb".{4}ftyp(heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)),
    ("program", re.compile(rb"MZ(?=.{0,100}\x00)|\x7fELF|#!\s*/|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe", re.DOTALL)),
    ("archive", re.compile(rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ")),
    ("svg", re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!doctype svg|<svg)", re.DOTALL | re.IGNORECASE)),
    ("html", re.compile(rb"\s*<(!doctype|!--|html|head|body|script|iframe|\?xml|\?php)", re.IGNORECASE)),
]
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def sniff(content: bytes) -> str:
    """What the first bytes say it is; "" for what has no mark of its own, as text has none."""
    head = content[:2048].removeprefix(BYTE_ORDER_MARK)
    return next((name for name, signature in SIGNATURES if signature.match(head)), "")
