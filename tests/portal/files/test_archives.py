"""ZIPs and Office files: bombs, lies in the directory, macros, and what is packed inside."""

import io
import struct
import zipfile
import zlib

import pytest

from portal.files.checks import check
from portal.files.kinds import MB, WORD, ZIP, Limits
from portal.files.refusals import Refused
from tests.portal.files.samples import HTML, OLE, PDF, PROGRAM, office, office_parts, picture, zipped

LIMITS = Limits(kinds=(WORD, ZIP))


def refusal(content: bytes, name: str = "企画書.docx") -> str:
    with pytest.raises(Refused) as refused:
        check(name=name, content=content, limits=LIMITS)
    return str(refused.value.code)


def taken(content: bytes, name: str = "企画書.docx") -> None:
    check(name=name, content=content, limits=LIMITS)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def test_what_real_documents_hold_is_taken() -> None:
    taken(
        office(
            **{
                "word/media/image1.png": picture("PNG"),
                "word/embeddings/Microsoft_Excel_Sheet1.xlsx": office("xlsx"),
                "word/embeddings/oleObject1.bin": OLE,
                "word/fonts/font1.odttf": PROGRAM,
                "customXml/item1.xml": b"<a>&lt;!DOCTYPE html&gt;</a>",
                "docProps/": b"",
            }
        )
    )
    taken(zipped({"写真/一枚目.png": picture("PNG"), "説明.txt": b"x"}), "まとめ.zip")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"word/vbaProject.bin": OLE}, "macros"),
        ({"word/VBAPROJECT.BIN": b"x"}, "macros"),
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "macros"),
        ({"word/activeX/activeX1.bin": OLE}, "macros"),
        ({"word/embeddings/oleObject1.bin": OLE + utf16("_VBA_PROJECT")}, "macros"),
        ({"word/embeddings/oleObject1.bin": OLE + utf16("\x01Ole10Native")}, "embedded"),
        ({"word/embeddings/setup.exe": PROGRAM}, "embedded"),
        ({"word/media/image1.png": HTML}, "embedded"),
        ({"word/media/image1.png": zipped({"a": b"a"})}, "nested"),
        ({"word/embeddings/a.docx": zipped({"a": b"a"})}, "broken"),
        ({"word/embeddings/a.docx": office(**{"word/vbaProject.bin": OLE})}, "macros"),
        ({"word/embeddings/a.docx": office(**{"word/embeddings/b.docx": office()})}, "nested"),
        ({"customXml/item1.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}, "mixed"),
        ({"customXml/item1.xml": b" " * (MB - 4) + b"<!DOCTYPE a>"}, "mixed"),
        ({"../outside.xml": b"<a/>"}, "mixed"),
        ({"/absolute.xml": b"<a/>"}, "mixed"),
        ({"c:/drive.xml": b"<a/>"}, "mixed"),
        ({"WORD/DOCUMENT.XML": b"<a/>"}, "mixed"),
    ],
)
def test_what_hides_in_a_document_is_refused(parts: dict[str, bytes], reason: str) -> None:
    assert refusal(office(**parts)) == reason


@pytest.mark.parametrize("missing", list(office_parts()))
def test_a_zip_that_is_no_document_is_refused(missing: str) -> None:
    parts = office_parts()
    del parts[missing]
    assert refusal(zipped(parts)) == "broken"


def test_a_document_of_the_macro_kind_is_refused_under_any_name() -> None:
    parts = office_parts()
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main",
        b"application/vnd.ms-word.document.macroEnabled.main",
    )
    assert refusal(zipped(parts)) == "macros"


# --- Bombs ------------------------------------------------------------------------------------------------------------
def test_a_flat_bomb_is_refused() -> None:
    assert refusal(office(**{"word/media/zeros.bin": bytes(30 * MB)})) == "expands"
    assert refusal(zipped({"zeros": bytes(30 * MB)}), "爆弾.zip") == "expands"


def test_many_small_bombs_count_together() -> None:
    assert refusal(office(**{f"word/media/{number}.bin": bytes(MB) for number in range(21)})) == "expands"


def test_a_nested_bomb_counts_towards_the_same_budget() -> None:
    half = office("xlsx", **{"xl/media/zeros.bin": bytes(12 * MB)})
    taken(office(**{"word/embeddings/one.xlsx": half}))
    assert refusal(office(**{"word/embeddings/one.xlsx": half, "word/embeddings/two.xlsx": half})) == "expands"


def test_an_honest_file_of_the_same_size_is_taken() -> None:
    taken(office(**{"word/media/zeros.bin": bytes(15 * MB)}))


def test_too_many_parts_are_refused_before_they_are_listed() -> None:
    assert refusal(zipped(dict.fromkeys((str(number) for number in range(5001)), b"")), "多い.zip") == "expands"


def test_a_zip_in_a_zip_is_refused() -> None:
    for inner in (zipped({"a": b"a"}), office(), b"7z\xbc\xaf\x27\x1c" + bytes(20), b"\x1f\x8b\x08" + bytes(20)):
        assert refusal(zipped({"中": inner}), "二重.zip") == "nested"
    assert refusal(zipped({"setup.exe": PROGRAM}), "実行.zip") == "embedded"


# --- Lies in the directory ----------------------------------------------------------------------------------------------
def directory_of(content: bytes) -> int:
    return content.index(b"PK\x01\x02")


def patched(content: bytes, place: int, value: bytes) -> bytes:
    return content[:place] + value + content[place + len(value) :]


def test_a_size_that_is_too_small_is_found_although_the_checksum_fits() -> None:
    """The data go on where the directory says that they end: a careless reader would unpack a gigabyte."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(MB)) + packed.flush()
    content = zipped({"a": bytes(MB)})
    start = content.index(data)
    assert content[start : start + len(data)] == data
    lie = struct.pack("<I", zlib.crc32(bytes(10))), struct.pack("<I", 10)
    for place in (14, directory_of(content) + 16):  # checksum, packed size, size: in both headers
        content = patched(content, place, lie[0])
        content = patched(content, place + 8, lie[1])
    assert refusal(content, "嘘.zip") == "broken"


def test_headers_that_disagree_are_refused() -> None:
    content = zipped({"a.txt": b"hello"})
    assert refusal(patched(content, 30, b"b.exe"), "嘘.zip") == "mixed"
    assert refusal(patched(content, 22, struct.pack("<I", 4)), "嘘.zip") == "mixed"
    assert refusal(patched(content, directory_of(content) + 42, struct.pack("<I", 1)), "嘘.zip") == "mixed"


def test_parts_that_overlap_are_refused() -> None:
    """Fifield's bomb: many entries of the directory share the same data."""
    content = zipped({"a.txt": b"hello", "b.txt": b"world"})
    second = content.index(b"PK\x01\x02", directory_of(content) + 4)
    overlapping = patched(patched(content, second + 42, struct.pack("<I", 0)), second + 46, b"a.txt")
    assert refusal(overlapping, "重なり.zip") == "mixed"


def test_hidden_data_are_refused() -> None:
    good = zipped({"a.txt": b"hello"})
    start = directory_of(good)
    hidden = bytes(100)
    moved = patched(good[:start] + hidden + good[start:], len(good) + 100 - 6, struct.pack("<I", start + 100))
    with zipfile.ZipFile(io.BytesIO(moved)) as archive:
        assert archive.read("a.txt") == b"hello"
    assert refusal(moved, "間.zip") == "mixed"
    assert refusal(hidden + good, "前.zip") == "content"
    assert refusal(good[:4] + good, "前.zip") == "mixed"
    assert refusal(good + hidden, "後.zip") == "mixed"
    file = io.BytesIO(good)
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = PDF
    assert refusal(file.getvalue(), "注.zip") == "mixed"


def test_a_password_is_told() -> None:
    content = bytearray(zipped({"a.txt": b"hello"}))
    content[6] |= 1
    content[directory_of(bytes(content)) + 8] |= 1
    assert refusal(bytes(content), "秘密.zip") == "encrypted"


def test_an_unknown_way_of_packing_is_refused() -> None:
    assert refusal(zipped({"a.txt": b"hello" * 20}, method=zipfile.ZIP_LZMA), "変.zip") == "broken"


def test_a_stream_with_its_sizes_behind_is_taken() -> None:
    class Stream(io.RawIOBase):
        """A file that cannot go back, as when an Office program writes into a web answer."""

        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.content += bytes(data)
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in office_parts().items():
            archive.writestr(name, content)
    assert stream.content[6] & 8
    taken(stream.content)
