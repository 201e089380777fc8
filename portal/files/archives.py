"""ZIP files, and the Office files that are ZIPs inside. Every part is unpacked once, within a budget, and kept nowhere.

The directory of a ZIP may lie, and programs read it in different ways. What two of them could understand in two ways is
refused: parts that overlap, names that differ, sizes that do not hold, data before, between or after the parts.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal.files.kinds import EXCEL, MB, POWERPOINT, WORD, Kind, sniff
from portal.files.refusals import Refused

MOST_PARTS = 5000
LARGEST_DIRECTORY = 1 * MB
LARGEST_EXPANDED = 200 * MB
# Honest text expands up to fifty times; a small file may do so more.
MOST_EXPANSION = 100
ALWAYS_ALLOWED = 20 * MB
DEEPEST = 2
CHUNK = 1 * MB

END, LOCAL, DIRECTORY = b"PK\x05\x06", b"PK\x03\x04", b"PK\x01\x02"
END_SIZE, LOCAL_SIZE, LONGEST_COMMENT = 22, 30, 65_535
# After a part its sizes may stand once more.
LARGEST_DESCRIPTOR = 24
ENCRYPTED, SIZES_FOLLOW, UTF8 = 0x1, 0x8, 0x800

CONTENT_TYPES = "[content_types].xml"
MAIN_TYPES = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": WORD,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": EXCEL,
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": POWERPOINT,
}
OVERRIDE = re.compile(rb"<(?:\w+:)?Override\b[^>]*>")
ATTRIBUTE = re.compile(rb"""\b(PartName|ContentType)\s*=\s*["']([^"']*)["']""")
MACRO_PARTS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|(^|/)(macrosheets|activex)/")
EMBEDDED = "/embeddings/"
# What is written inside Office's older containers: a folder of macros, a file that was dropped into the document.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
MACROS_INSIDE, FILE_INSIDE = "_VBA_PROJECT".encode("utf-16-le"), "\x01Ole10Native".encode("utf-16-le")
DTD = (b"<!DOCTYPE", b"<!ENTITY")
HINTS = (MACROS_INSIDE, FILE_INSIDE, *DTD)
LONGEST_HINT = max(map(len, HINTS))


@dataclass
class Budget:
    """How much the file, with all that is nested in it, may still expand."""

    name: str
    whole: int
    spent: int = 0

    def spend(self, size: int) -> None:
        self.spent += size
        if self.spent > self.whole:
            raise Refused("expands", name=self.name, largest=f"{self.whole // MB} MB")


@dataclass(frozen=True)
class Part:
    path: str  # in small letters, as Office compares them
    head: bytes
    hints: frozenset[bytes]
    content: bytes  # only where it is asked for

    @property
    def is_xml(self) -> bool:
        return self.path.endswith((".xml", ".rels", ".vml"))


def office_kind(content: bytes, name: str) -> Kind:
    """Which of Office's formats it is. Raises Refused for anything else, for macros, and for what hides in it."""
    return _office_kind(content, _budget(content, name), depth=1)


def check_zip(content: bytes, name: str) -> None:
    """A plain ZIP: no password, no program, nothing in it packed once more."""
    for part in _parts(content, _budget(content, name), keep=lambda path: False):
        found = sniff(part.head)
        if found in ("zip", "archive"):
            raise Refused("nested", name=name)
        if found == "program":
            raise Refused("embedded", name=name)


def has_zip_behind(content: bytes) -> bool:
    """Whether a file of another kind could also be opened as a ZIP: a directory stands at its end."""
    end = content.rfind(END, max(0, len(content) - LONGEST_COMMENT - END_SIZE))
    if end < 0 or end + END_SIZE > len(content):
        return False
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    return content[max(0, end - size) : end].startswith(DIRECTORY)


def _budget(content: bytes, name: str) -> Budget:
    return Budget(name, min(LARGEST_EXPANDED, max(ALWAYS_ALLOWED, MOST_EXPANSION * len(content))))


def _office_kind(content: bytes, budget: Budget, depth: int) -> Kind:
    paths, types = set(), b""
    for part in _parts(content, budget, keep=lambda path: path == CONTENT_TYPES or EMBEDDED in path):
        paths.add(part.path)
        _refuse_active(part, budget.name)
        if part.path == CONTENT_TYPES:
            types = part.content
        if sniff(part.head) == "zip":
            if EMBEDDED not in part.path or depth == DEEPEST:
                raise Refused("nested", name=budget.name)
            # A chart keeps its table as a workbook of its own.
            _office_kind(part.content, budget, depth + 1)
    return _main_kind(types, paths, budget.name)


def _refuse_active(part: Part, name: str) -> None:
    found = sniff(part.head)
    if MACRO_PARTS.search(part.path) or (found == "ole" and MACROS_INSIDE in part.hints):
        raise Refused("macros", name=name)
    if found == "ole" and FILE_INSIDE in part.hints:
        raise Refused("embedded", name=name)
    # Fonts are stored scrambled, and may begin like anything.
    if found in ("program", "html") and not part.is_xml and not part.path.endswith(".odttf"):
        raise Refused("embedded", name=name)
    if part.is_xml and part.hints.intersection(DTD):
        # Office writes none; it is how a small text grows to gigabytes in a reader's memory.
        raise Refused("mixed", name=name)


def _main_kind(types: bytes, paths: set[str], name: str) -> Kind:
    if b"macroEnabled" in types:
        raise Refused("macros", name=name)
    found = []
    for override in OVERRIDE.findall(types):
        attributes = dict(ATTRIBUTE.findall(override))
        kind = MAIN_TYPES.get(attributes.get(b"ContentType", b""))
        if kind and attributes.get(b"PartName", b"").decode("utf-8", "replace").lower().lstrip("/") in paths:
            found.append(kind)
    if len(found) != 1 or "_rels/.rels" not in paths:
        raise Refused("broken", name=name)
    return found[0]


def _parts(content: bytes, budget: Budget, keep: Callable[[str], bool]) -> Iterator[Part]:
    entries = _directory(content, budget.name)
    ends = [entry.header_offset for entry in entries[1:]] + [_directory_start(content)]
    for entry, end in zip(entries, ends, strict=True):
        start = _data_start(content, entry, budget.name)
        if not 0 <= end - (start + entry.compress_size) <= LARGEST_DESCRIPTOR:
            raise Refused("mixed", name=budget.name)
        path = entry.filename.lower()
        packed = memoryview(content)[start : start + entry.compress_size]
        head, tail, kept = b"", b"", []
        hints: set[bytes] = set()
        for chunk in _unpacked(packed, entry, budget):
            head = head or chunk[:2048]
            hints.update(hint for hint in HINTS if hint in tail + chunk)
            tail = chunk[-LONGEST_HINT:]
            if keep(path):
                kept.append(chunk)
        yield Part(path, head, frozenset(hints), b"".join(kept))


def _directory(content: bytes, name: str) -> list[zipfile.ZipInfo]:
    """The entries in the order of their data. The directory must close the file, and say nothing twice."""
    end = len(content) - END_SIZE
    if end < 0 or content[end : end + 4] != END or not content.startswith(LOCAL):
        raise Refused("mixed" if END in content[-LONGEST_COMMENT:] else "broken", name=name)
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    if int.from_bytes(content[end + 10 : end + 12], "little") > MOST_PARTS or size > LARGEST_DIRECTORY:
        raise Refused("expands", name=name, largest=f"{LARGEST_EXPANDED // MB} MB")
    if _directory_start(content) + size != end:
        raise Refused("mixed", name=name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error, EOFError) as error:
        raise Refused("broken", name=name) from error
    names = {entry.filename.lower() for entry in entries}
    if len(names) != len(entries) or not entries or entries[0].header_offset != 0:
        raise Refused("mixed", name=name)
    if any(_is_odd(entry.orig_filename) for entry in entries):
        raise Refused("mixed", name=name)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Refused("encrypted", name=name)
    return entries


def _directory_start(content: bytes) -> int:
    return int.from_bytes(content[-6:-2], "little")


def _is_odd(path: str) -> bool:
    """A path that leaves its folder, or that machines read in different ways."""
    return path.startswith("/") or "\\" in path or "\0" in path or ":" in path or ".." in path.split("/")


def _data_start(content: bytes, entry: zipfile.ZipInfo, name: str) -> int:
    """Where the data begin, by the header before them; it has to agree with the directory."""
    header = content[entry.header_offset : entry.header_offset + LOCAL_SIZE]
    if len(header) < LOCAL_SIZE or not header.startswith(LOCAL):
        raise Refused("broken", name=name)
    flags, method, crc, packed, size, name_length, extra_length = struct.unpack("<6xHH4xIIIHH", header)
    start: int = entry.header_offset + LOCAL_SIZE
    same_name = content[start : start + name_length] == entry.orig_filename.encode(
        "utf-8" if entry.flag_bits & UTF8 else "cp437", "replace"
    )
    same_sizes = flags & SIZES_FOLLOW or (packed, size) == (0xFFFFFFFF, 0xFFFFFFFF) or (
        (crc, packed, size) == (entry.CRC, entry.compress_size, entry.file_size)
    )  # fmt: skip
    if not same_name or not same_sizes or method != entry.compress_type or flags & ENCRYPTED:
        raise Refused("mixed", name=name)
    return start + int(name_length) + int(extra_length)


def _unpacked(packed: memoryview, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The data in pieces. The stream itself says where it ends; then size and checksum must be what was promised."""
    size = checksum = 0
    for chunk in _inflated(packed, entry, budget.name):
        budget.spend(len(chunk))
        size += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        yield chunk
    if (size, checksum) != (entry.file_size, entry.CRC):
        raise Refused("broken", name=budget.name)


def _inflated(packed: memoryview, entry: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Refused("broken", name=name)
    inflater, rest = zlib.decompressobj(-zlib.MAX_WBITS), bytes(packed)
    while not inflater.eof:
        try:
            chunk = inflater.decompress(rest, CHUNK)
        except zlib.error as error:
            raise Refused("broken", name=name) from error
        rest = inflater.unconsumed_tail
        if not chunk and not rest and not inflater.eof:
            raise Refused("broken", name=name)
        yield chunk
    if inflater.unused_data:
        raise Refused("mixed", name=name)
