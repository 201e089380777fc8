"""Documents: tagged, titled, with our fonts inside; whatever a person typed stays text and never stops the printing."""

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from portal.local.data.programmes import PROGRAMMES
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web import pdf
from portal.web.pdf import PdfError, pdf_response, printable_text, render_pdf
from portal.web.qr import qr_svg
from tests.breadth import EVERYTHING

ADDRESS = "https://sdgs.example.jp/certificates/7K3M9Q2XW8/"


@pytest.fixture(scope="module", autouse=True)
def kanagawa_without_database() -> Iterator[None]:
    with programme_scope(Programme(pk=1, **PROGRAMMES[0])):
        yield


def sample(**data: Any) -> bytes:
    return render_pdf(
        "sample.typ",
        title="部品の見本",
        number="SDGs第123号",
        day=date(2026, 11, 20),
        data={
            "introduction": "書類の部品をすべて並べた見本です。",
            "facts": [("団体名", "株式会社かもめ")],
            "heading": "月ごとの数",
            "head": ["月", "件数"],
            "rows": [("4月", 31), ("5月", 8)],
            "items": ["一つ目", "二つ目"],
            "qr": qr_svg(ADDRESS),
            "qr_alt": "登録証の確認ページのQRコード",
            "address": ADDRESS,
        }
        | data,
    )


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def root_of(content: bytes) -> Any:
    return read(content).trailer["/Root"]


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def structure(content: bytes) -> list[str]:
    """The kinds of the document's elements, in reading order."""
    kinds: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                kinds.append(str(node["/S"])[1:])
            walk(node.get("/K", []))

    walk(root_of(content)["/StructTreeRoot"]["/K"])
    return kinds


def test_a_document_is_tagged_and_named_in_its_language() -> None:
    content = sample()
    root = root_of(content)
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF's own kind of boolean
    assert root["/Lang"] == "ja"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert read(content).metadata.title == "部品の見本"  # type: ignore[union-attr]
    assert {"H1", "H2", "P", "Table", "TH", "TD", "L", "LI", "Figure", "Link"} <= set(structure(content))
    with translation.override("en"):
        assert root_of(sample())["/Lang"] == "en"


def test_a_picture_has_its_words() -> None:
    figures = [
        node
        for node in (read(sample()).get_object(number) for number in range(1, 200))
        if isinstance(node, dict) and node.get("/S") == "/Figure"
    ]
    assert [figure["/Alt"] for figure in figures] == ["登録証の確認ページのQRコード"]


def test_only_our_fonts_and_all_of_them_inside() -> None:
    fonts = [
        font.get_object() for page in read(sample()).pages for font in cast("Any", page["/Resources"])["/Font"].values()
    ]
    assert fonts
    for font in fonts:
        assert re.fullmatch(r"/[A-Z]{6}\+NotoS(ans|erif)JP-Regular-Identity-H", font["/BaseFont"])
        assert "/FontFile3" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/ToUnicode" in font


def test_the_characters_of_names_come_out_as_they_went_in() -> None:
    name = "髙﨑德濵𠮷①㈱神福葛󠄀"
    assert name in text_of(sample(facts=[("氏名", name)]))


def test_letterhead_number_and_date_stand_on_the_sheet() -> None:
    text = text_of(sample())
    for words in ("神奈川県", "SDGsパートナーポータル", "SDGs第123号", "令和8年11月20日（2026年11月20日）", "1 / 1"):
        assert words in text


def test_pages_are_counted_and_the_header_row_comes_again() -> None:
    pages = read(sample(rows=[(f"{number}番", number) for number in range(100)])).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert f"{number} / {len(pages)}" in text
        assert ("件数" in text) == ("番" in text)
    assert "部品の見本" in pages[1].extract_text()


def test_markup_stays_text() -> None:
    evil = '#panic("x") $a$ *b* _c_ <label> @ref \\ // /* #image("/etc/passwd") [x] `y` \\u{41} = h'
    assert evil in text_of(sample(introduction=evil)).replace("\n", " ")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\u202egpj.exe", "agpj.exe"),
        ("zero\u200bwidth\ufeff\u2066x\u2069", "zerowidthx"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("か\u3099", "が"),
        ("１行目\r\n２行目\u2028３行目", "１行目\n２行目\n３行目"),
        ("タブ\tだ", "タブ だ"),
        ("한글 مرحبا 😀", "〓〓 〓〓〓〓〓 〓"),
        ("\ue000外字", "〓外字"),
        ("神社", "神社"),
    ],
)
def test_what_cannot_be_printed_is_left_out_or_marked(typed: str, printed: str) -> None:
    assert printable_text(typed) == printed
    sample(introduction=typed)


def test_a_replaced_character_is_explained_on_the_sheet() -> None:
    assert "書体にない文字です" in text_of(sample(facts=[("氏名", "김")]))
    assert "書体にない文字です" not in text_of(sample(facts=[("氏名", "〓"), ("かな", "あ")]))


@settings(max_examples=100 if EVERYTHING else 25)
@given(st.text(max_size=300))
def test_no_text_stops_the_printing(typed: str) -> None:
    sample(introduction=typed, facts=[(typed, typed)], items=[typed])


def test_the_same_document_has_the_same_bytes() -> None:
    assert sample() == sample()


@pytest.mark.parametrize("title", ["", " ", "\u200b"])
def test_without_a_title_there_is_no_document(title: str) -> None:
    with pytest.raises(ValueError, match="title"):
        render_pdf("sample.typ", title=title, data={})


def test_missing_data_is_told_by_name() -> None:
    with pytest.raises(PdfError, match=r'sample\.typ: .*"introduction"'):
        render_pdf("sample.typ", title="題", data={})


def write(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / "templates").mkdir()
    (folder / "secret.txt").write_text("秘密")
    (folder / "templates" / "document.typ").write_text(f"#set document(title: [題])\n{source}")
    monkeypatch.setattr(pdf, "FOLDER", folder / "templates")
    return "document.typ"


@pytest.mark.parametrize(
    "source",
    ['#read("/secret.txt")', '#read("../secret.txt")', '#read("/../secret.txt")', '#image("/etc/hostname")'],
)
def test_a_template_sees_only_its_own_folder(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = write(tmp_path, source, monkeypatch)
    with pytest.raises(PdfError):
        render_pdf(template, title="題", data={})


def test_a_template_that_reads_beside_itself_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = write(tmp_path, '#set text(font: "Noto Sans JP", lang: "ja")\n#read("/document.typ")', monkeypatch)
    assert "#set document" in text_of(render_pdf(template, title="題", data={}))


def test_our_templates_load_nothing_from_outside() -> None:
    for template in pdf.FOLDER.glob("*.typ"):
        assert set(re.findall(r'#(?:import|include) "([^"]*)"', template.read_text())) <= {"layout.typ"}


def test_the_answer_opens_in_the_browser_under_its_japanese_name() -> None:
    response = pdf_response(b"%PDF-", "登録証.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%E7%99%BB%E9%8C%B2%E8%A8%BC.pdf"


def test_a_qr_code_is_a_drawing_with_a_quiet_zone() -> None:
    svg = qr_svg(ADDRESS)
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    places = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", svg)]
    assert min(min(place) for place in places) == 4
    assert max(max(place) for place in places) == size - 5
    assert "style" not in svg
