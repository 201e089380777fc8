"""An uploaded table, CSV or XLSX, as rows of text. Refuses what it cannot read, with a sentence; never guesses."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import openpyxl
from django.utils.translation import gettext as _

MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
# An XLSX is a ZIP file: a small one may unpack to gigabytes.
LARGEST_UNPACKED = 200 * 1024 * 1024


class UnreadableTable(ValueError):
    """The file cannot be read as a table. The message is for the person who uploaded it."""


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet shows it: the heading is row 1
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes) -> Table:
    lines = _xlsx_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    try:
        numbered = [(number, cells) for number, cells in lines if any(cells)]
    except (csv.Error, OverflowError) as error:
        raise UnreadableTable(_("表として読み取れません。引用符の閉じ忘れがないか確かめてください。")) from error
    if not numbered:
        raise UnreadableTable(_("ファイルに何も入っていません。"))
    (_first, headings), *rows = numbered
    while headings and not headings[-1]:
        headings = headings[:-1]
    if "" in headings or len(set(headings)) < len(headings):
        raise UnreadableTable(_("見出しの行に、空の列か、同じ名前の列があります。"))
    for number, cells in rows:
        if any(cells[len(headings) :]):
            raise UnreadableTable(_("%(row)d行目の列の数が、見出しより多くなっています。") % {"row": number})
    width = len(headings)
    return Table(headings, tuple(Row(number, (cells + ("",) * width)[:width]) for number, cells in rows))


def _csv_lines(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = _decode(content)
    if "\0" in text:
        raise UnreadableTable(_("CSVかXLSXの表ではないようです。"))
    separator = "\t" if "\t" in text.split("\n", 1)[0] else ","
    # A cell may hold line breaks, so rows are counted, not lines.
    for number, cells in enumerate(
        csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), start=1
    ):
        yield number, _checked(number, tuple(cell.strip() for cell in cells))


def _decode(content: bytes) -> str:
    """UTF-8 with or without a BOM, or the CP932 that spreadsheets in Japan write. UTF-8 first: it rarely fits by chance."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any("\uf8f0" <= character <= "\uf8f3" for character in text):  # what CP932 makes of bytes it lacks
            return text
    raise UnreadableTable(_("文字コードを読み取れません。UTF-8かShift_JIS（CP932）で保存してください。"))


def _xlsx_lines(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise UnreadableTable(_("表が大きすぎます。分けてお送りください。"))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [
            (number, tuple(_text(cell) for cell in cells))
            for number, cells in enumerate(
                sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True), start=1
            )
        ]
    except UnreadableTable:
        raise
    except Exception as error:
        # openpyxl answers a broken file with whatever its parsers raise.
        raise UnreadableTable(_("XLSXファイルとして開けません。パスワードを外し、保存し直してください。")) from error
    for number, cells in lines:
        while cells and not cells[-1]:  # rows come padded to the widest
            cells = cells[:-1]
        yield number, _checked(number, cells)


def _checked(number: int, cells: tuple[str, ...]) -> tuple[str, ...]:
    if number > MOST_ROWS + 1:
        raise UnreadableTable(_("行が多すぎます（%d行まで）。分けてお送りください。") % MOST_ROWS)
    if len(cells) > MOST_COLUMNS:
        raise UnreadableTable(_("列が多すぎます（%d列まで）。") % MOST_COLUMNS)
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise UnreadableTable(
            _("%(row)d行目に、長すぎるセルがあります（%(most)d文字まで）。") % {"row": number, "most": LONGEST_CELL}
        )
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheets keep 1040 as 1040.0
    return str(value).replace("_x000D_", "").strip()
