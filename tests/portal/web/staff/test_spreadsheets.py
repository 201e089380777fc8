"""Files of tables, read back as Excel and old programs read them."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.web.staff.spreadsheets import FORMULA_STARTS, TWINS, FileFormat, harmless, unmappable, write

HEADER = ["名称", "番号"]
ROWS: list[list[object]] = [["髙﨑①㈱ 𠮷野", "0012"], ["=1+1", 7], ["改行\nあり", ""]]


def written(file_format: FileFormat, rows: list[list[object]] = ROWS) -> bytes:
    target = io.BytesIO()
    write(file_format, HEADER, rows, target)
    return target.getvalue()


def test_csv_opens_in_excel_by_itself() -> None:
    data = written(FileFormat.CSV)
    assert data.startswith("\ufeff".encode())
    assert data.count(b"\r\n") == 4
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        HEADER, ["髙﨑①㈱ 𠮷野", "0012"], ["'=1+1", "7"], ["改行\nあり", ""],
    ]  # fmt: skip


def test_old_programs_get_a_mark_for_what_they_lack() -> None:
    text = written(FileFormat.CSV_CP932).decode("cp932")
    assert "髙﨑①㈱ 〓野" in text
    assert unmappable(ROWS) == [("𠮷", 1)]


def test_excel_gets_text_as_text() -> None:
    sheet = load_workbook(io.BytesIO(written(FileFormat.XLSX))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        HEADER, ["髙﨑①㈱ 𠮷野", "0012"], ["=1+1", 7], ["改行\nあり", None],
    ]  # fmt: skip
    assert sheet["A3"].data_type == "s"
    assert sheet["B2"].data_type == "s"
    assert sheet["A1"].font.bold


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_is_a_formula(start: str) -> None:
    assert harmless(f"{start}cmd") == f"'{start}cmd"


def test_numbers_stay_numbers() -> None:
    assert harmless(-5) == -5


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_any_text_can_be_written(rows: list[list[str]]) -> None:
    for file_format in FileFormat:
        assert written(file_format, rows)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_what_is_not_listed_survives_cp932(text: str) -> None:
    lost = {character for character, _times in unmappable([[text]])}
    table = written(FileFormat.CSV_CP932, [[text, "0"]]).decode("cp932")
    *_header, [read, _zero] = csv.reader(io.StringIO(table, newline=""))
    expected = harmless("".join("〓" if character in lost else character for character in text).translate(TWINS))
    # A few signs come back under their other number: ¬ as ￢.
    assert unicodedata.normalize("NFKC", read) == unicodedata.normalize("NFKC", expected)


def test_what_a_mac_typed_is_not_lost() -> None:
    assert not unmappable([["8時30分〜17時 −5"]])
    assert "8時30分～17時 －5" in written(FileFormat.CSV_CP932, [["8時30分〜17時 −5", ""]]).decode("cp932")
