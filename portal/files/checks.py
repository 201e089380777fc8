"""Is this a file that we take? By its content, whatever its name says. Pure: bytes in, a checked file or Refused out.

A file is never handed out as anything but a download, and never trusted for it: what could be read as two kinds at
once is refused, pictures are drawn anew (pictures.py), ZIPs and Office files are looked through (archives.py). What
only a virus scanner can know is left to scanning.py. SVG is not taken: a drawing that may run script has no place
among pictures.
"""

import re
from dataclasses import dataclass

from portal.files.archives import ENCRYPTED_PACKAGE, check_zip, has_zip_behind, office_kind
from portal.files.kinds import (
    BY_CODE,
    CSV,
    MB,
    PDF,
    TEXT,
    VTT,
    ZIP,
    Kind,
    Limits,
    in_words,
    kind_of_extension,
    sniff,
)
from portal.files.names import checked_name, extension_of, shown
from portal.files.pictures import redrawn
from portal.files.refusals import Refused

OLD_OFFICE = {".doc", ".xls", ".ppt", ".dot", ".xlt", ".pot"}
WITH_MACROS = {".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".potm", ".ppsm", ".xlam", ".xlsb"}
# Control characters that text does not have: all but tab, line ends, new page, and the end mark of old systems.
NOT_TEXT = re.compile("[\0-\x08\x0b\x0e-\x19\x1b-\x1f\x7f-\x9f]")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# What stands at the end of a PDF; some writers put a few bytes of their own behind it.
PDF_TAIL = 2048
PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\0]*\Z")
# The first line of captions: this word, alone or with a note behind it.
CAPTIONS = re.compile(r"WEBVTT(?:[ \t\r\n]|\Z)")
MARKUP = re.compile(rb"<(!doctype|html|script|svg|iframe|body|\?php)", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    name: str
    kind: Kind
    content: bytes


def check(*, name: str, content: bytes, limits: Limits) -> Checked:
    name = checked_name(name)
    check_size(name, len(content), limits)
    kind = _named_kind(name, limits)
    found = sniff(content)
    if kind.is_picture:
        # Browsers often save a picture under another kind's ending; it is drawn anew and gets its own.
        kind = _picture_kind(found, kind, name, limits)
        return Checked(_with_ending(name, kind), kind, redrawn(content, kind, shown(name), limits.longest_side))
    if kind is PDF:
        _check_pdf(content, found, name)
    elif kind in (TEXT, CSV):
        _check_text(content, found, kind, name)
    elif kind is VTT:
        _check_captions(content, name)
    else:
        _check_package(content, found, kind, name)
    return Checked(name, kind, content)


def check_size(name: str, size: int, limits: Limits) -> None:
    """Before the content is read."""
    if size == 0:
        raise Refused("empty", name=shown(name))
    if size > limits.largest:
        raise Refused("too_big", name=shown(name), size=size_in_words(size), largest=size_in_words(limits.largest))


def size_in_words(size: int) -> str:
    """1.2 MB, 340 KB. Rounded up, so that a file over the limit never looks as large as the limit."""
    if size < MB:
        return f"{-(-size // 1024)} KB"
    tenths = -(-size * 10 // MB)
    return f"{tenths // 10} MB" if tenths % 10 == 0 else f"{tenths / 10:.1f} MB"


def _named_kind(name: str, limits: Limits) -> Kind:
    extension = extension_of(name)
    kind = kind_of_extension(extension)
    if kind in limits.kinds:
        return kind
    if extension in WITH_MACROS:
        raise Refused("macros", name=shown(name))
    if extension in OLD_OFFICE:
        raise Refused("old_office", name=shown(name))
    if extension in (".svg", ".svgz"):
        raise Refused("svg", name=shown(name))
    if extension in (".heic", ".heif"):
        raise Refused("heic", name=shown(name))
    raise Refused("kind", name=shown(name), allowed=in_words(limits.kinds))


def _picture_kind(found: str, named: Kind, name: str, limits: Limits) -> Kind:
    if found in ("svg", "heic"):
        raise Refused(found, name=shown(name))
    kind = BY_CODE.get(found)
    if kind is None or not kind.is_picture:
        raise Refused("content", name=shown(name), kind=named.label)
    if kind not in limits.kinds:
        raise Refused("kind", name=shown(name), allowed=in_words(limits.kinds))
    return kind


def _with_ending(name: str, kind: Kind) -> str:
    extension = extension_of(name)
    return name if extension in kind.extensions else name[: -len(extension)] + kind.extensions[0]


def _check_pdf(content: bytes, found: str, name: str) -> None:
    if found != "pdf":
        raise Refused("content", name=shown(name), kind=PDF.label)
    if has_zip_behind(content) or MARKUP.search(content[:1024]):
        raise Refused("mixed", name=shown(name))
    if not PDF_END.search(content[-PDF_TAIL:]):
        raise Refused("mixed" if b"%%EOF" in content else "broken", name=shown(name))


def _check_text(content: bytes, found: str, kind: Kind, name: str) -> None:
    if found:
        raise Refused("content", name=shown(name), kind=kind.label)
    text = _decoded(content)
    if text is None or NOT_TEXT.search(text):
        raise Refused("encoding", name=shown(name))


def _check_captions(content: bytes, name: str) -> None:
    """By its standard always UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if not CAPTIONS.match(text) or NOT_TEXT.search(text):
        raise Refused("captions", name=shown(name))


def _decoded(content: bytes) -> str | None:
    """As Japanese offices save text: UTF-8, what Excel calls Unicode, or Shift_JIS."""
    encodings = ["utf-16"] if content.startswith(UTF16_MARKS) else ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _check_package(content: bytes, found: str, kind: Kind, name: str) -> None:
    if found == "ole":
        raise Refused("encrypted" if ENCRYPTED_PACKAGE in content else "old_office", name=shown(name))
    if found != "zip":
        raise Refused("content", name=shown(name), kind=kind.label)
    if b"%PDF-" in content[:1024]:
        raise Refused("mixed", name=shown(name))
    if kind is ZIP:
        check_zip(content, shown(name))
    elif office_kind(content, shown(name)) is not kind:
        raise Refused("content", name=shown(name), kind=kind.label)
