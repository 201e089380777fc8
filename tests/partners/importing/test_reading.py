import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.importing.reading import MOST_COLUMNS, MOST_ROWS, UnreadableTable, read_table

ROWS = [
    ["名称", "メール", "承認日"],
    ["株式会社髙﨑①", "a@example.jp", "R6.4.13"],
    ["", "", ""],
    ["山田商店", "b@example.jp", ""],
]


def as_csv(rows: list[list[str]], encoding: str = "utf-8", newline: str = "\r\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=newline).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_csv_in_each_encoding_reads_the_same(encoding: str, newline: str) -> None:
    table = read_table(as_csv(ROWS, encoding, newline))
    assert table.headings == ("名称", "メール", "承認日")
    assert [row.number for row in table.rows] == [2, 4]  # an empty row is left out and the others keep their numbers
    assert table.rows[0].cells == ("株式会社髙﨑①", "a@example.jp", "R6.4.13")


def test_xlsx_reads_like_csv_and_keeps_dates_and_numbers() -> None:
    table = read_table(as_xlsx([["名称", "登録番号", "承認日"], ["株式会社髙﨑①", 1040, date(2024, 4, 13)]]))
    assert table.rows[0].cells == ("株式会社髙﨑①", "1040", "2024-04-13")


def test_a_cell_may_hold_line_breaks_and_quotes() -> None:
    assert read_table('a,b\r\n"一行目\n二行目","「""引用""」"\r\n'.encode()).rows[0].cells == (
        "一行目\n二行目",
        '「"引用"」',
    )


def test_tabs_separate_too() -> None:
    assert read_table("名称\tメール\n甲\tx@example.jp\n".encode()).rows[0].cells == ("甲", "x@example.jp")


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"xl/{number}.xml", b"0" * 10_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "何も入っていません"),
        (b"\n\n", "何も入っていません"),
        (b"\x00\x01\x02", "ではないようです"),
        ("名称,名称\n甲,乙\n".encode(), "同じ名前"),
        ("名称,,メール\n".encode() + b"a,b,c\n" * 2, "多く|同じ名前|空の列"),
        ("名称\n甲,乙\n".encode(), "2行目"),
        ('名称\n"閉じない\n'.encode(), "引用符"),
        ("名称\n".encode() + b"\xff\xfe\xfd\n", "文字コード"),
        (b"PK\x03\x04broken", "開けません"),
        (zip_bomb(), "大きすぎます"),
        (",".join(str(n) for n in range(MOST_COLUMNS + 1)).encode(), "列が多すぎます"),
        (b"a\n" + b"x\n" * (MOST_ROWS + 1), "行が多すぎます"),
        (b"a\n" + b"x" * 10_001, "長すぎる"),
    ],
    ids=[
        "empty",
        "blank",
        "binary",
        "twice",
        "gap",
        "wide",
        "quote",
        "encoding",
        "no-zip",
        "bomb",
        "columns",
        "rows",
        "cell",
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableTable, match=sentence):
        read_table(content)


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(str.encode) | st.binary(max_size=200).map(b"PK\x03\x04".__add__)
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        table = read_table(content)
    except UnreadableTable as refusal:
        assert str(refusal).endswith(("。", "）。"))
    else:
        assert all(len(row.cells) == len(table.headings) for row in table.rows)
