"""Tables as files: CSV for new and old Excel, and XLSX. Pure: rows in, bytes out; who may have them is not decided here.

CSV is UTF-8 with a BOM, or CP932 for programs that know nothing else; lines end as Excel writes them. A cell that a
spreadsheet would take for a formula is given an apostrophe, and a number written as text keeps its leading zeros.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

Row = Sequence[Any]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What stands where CP932 has no character: the mark that Japanese printers leave.
UNMAPPABLE = "〓"
# The same signs under the number that Windows gives them: what a Mac or a phone typed is not lost for that.
TWINS = str.maketrans("〜−‖—", "～－∥―")
codecs.register_error("geta", lambda error: (UNMAPPABLE, error.end))  # type: ignore[attr-defined]


class FileFormat(TextChoices):
    CSV = "csv", _("CSV（UTF-8。今のExcelで開けます）")
    CSV_CP932 = "csv-cp932", _("CSV（Shift_JIS。古いソフト用）")
    XLSX = "xlsx", _("Excel（XLSX）")

    @property
    def extension(self) -> str:
        return "xlsx" if self == FileFormat.XLSX else "csv"

    @property
    def content_type(self) -> str:
        if self == FileFormat.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return f"text/csv; charset={'Shift_JIS' if self == FileFormat.CSV_CP932 else 'utf-8'}"


def write(file_format: FileFormat, header: Row, rows: Iterable[Row], target: IO[bytes]) -> None:
    if file_format == FileFormat.XLSX:
        write_xlsx(header, rows, target)
    else:
        write_csv(header, rows, target, "cp932" if file_format == FileFormat.CSV_CP932 else "utf-8-sig")


def write_csv(header: Row, rows: Iterable[Row], target: IO[bytes], encoding: str) -> None:
    text = io.TextIOWrapper(target, encoding=encoding, errors="geta", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    twin = _twin if encoding == "cp932" else _same
    for row in chain([header], rows):
        writer.writerow([harmless(twin(cell)) for cell in row])
    text.detach()


def _same(cell: Any) -> Any:
    return cell


def _twin(cell: Any) -> Any:
    return cell.translate(TWINS) if isinstance(cell, str) else cell


def harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def write_xlsx(header: Row, rows: Iterable[Row], target: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"

    def cell(value: Any, *, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(name, bold=True) for name in header])
    for row in rows:
        sheet.append([cell(value) for value in row])
    book.save(target)


def unmappable(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """The characters that CP932 lacks, and how often each stands in the table; the most frequent first."""
    return Counter(_unmappable(rows)).most_common()


def _unmappable(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        for text in row:
            if isinstance(text, str) and not _fits(text):
                yield from (character for character in text if not _fits(character))


def _fits(text: str) -> bool:
    try:
        text.translate(TWINS).encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
