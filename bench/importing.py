"""How long an import takes: reading the file, trying every row with one bad cell among them, writing, and taking it all
back. `python -m bench importing --rows 20000` for a larger table.
"""

import csv
import io
import time
from collections.abc import Callable

import openpyxl

from bench.stack import Stack
from bench.table import Row, Table
from partners.importing.mapping import guess
from partners.importing.reading import Table as Rows
from partners.importing.reading import read_table
from partners.importing.showing import bad_cells
from partners.models import ImportRun
from partners.queries.partners import sections_in_use
from partners.services.importing import map_columns, start_import, undo_import, upload_table, work_on
from portal.accounts.models import StaffAppointment
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole

# As many as Kanagawa has.
ROWS = 1040
HEADINGS = [
    "登録番号", "期", "承認日", "企業・団体名", "名称のフリガナ", "団体の区分", "法人番号", "郵便番号", "市区町村", "住所", "電話番号",
    "ホームページ", "業種（大分類）", "資本金（千円）", "従業員（正規）", "SDGs事業の概要", "経済の取組", "社会の取組", "環境の取組",
    "取り組むSDGsの目標", "提供できること", "担当者", "部署", "担当者電話番号", "メールアドレス",
]  # fmt: skip
TEXT = "地域の学校や福祉施設と協力し、年に数回の催しを開いています。" * 3


def run(stack: Stack, rows: int = ROWS) -> Table:
    with programme_scope(Programme.objects.get(slug="kanagawa")):
        user = StaffAppointment.objects.filter(role=StaffRole.OFFICER).first().user  # type: ignore[union-attr]
        officer = Actor(user=user, staff_role=StaffRole.OFFICER)
        found = measured(rows, officer)
    return Table(
        f"Importing partners: a table of {len(HEADINGS)} columns",
        found,
        ["Clock time of one process; the database is on the same machine. Goal: a dry run of 1,040 rows in 10 s."],
    )


def measured(size: int, officer: Actor) -> list[Row]:
    lines = [HEADINGS, *(line(number) for number in range(10_001, 10_001 + size))]
    # The heading is row 1.
    bad_row, heading = size // 2 + 1, "電話番号"
    lines[bad_row - 1][HEADINGS.index(heading)] = "なし"
    kept: list[ImportRun] = []

    def upload(table: Rows) -> None:
        kept.append(upload_table(name="bench.csv", table=table, actor=officer))

    def work(deed: Callable[[ImportRun], None]) -> None:
        deed(kept[0])
        while work_on(kept[0].pk):
            pass
        kept[0].refresh_from_db()

    def find_the_bad_cell() -> None:
        work(lambda run: map_columns(run=run, mapping=mapping, actor=officer))
        [bad] = bad_cells(kept[0].rows.bad())
        assert (bad.row, bad.heading, bad.text) == (bad_row, heading, "なし"), bad

    def mend() -> None:
        row = kept[0].rows.get(number=bad_row)
        row.cells[heading] = "045-000-0000"
        row.save()
        work(lambda run: map_columns(run=run, mapping=mapping, actor=officer))

    as_bytes, as_book = as_csv(lines), as_xlsx(lines)
    table = read_table(as_bytes)
    mapping = guess(table.headings, sections_in_use(), {})
    steps: dict[str, Callable[[], object]] = {
        "reading the CSV": lambda: read_table(as_bytes),
        "reading the XLSX": lambda: read_table(as_book),
        "keeping the rows": lambda: upload(table),
        "dry run, naming one bad cell": find_the_bad_cell,
        "dry run of the mended rows": mend,
        "import": lambda: work(lambda run: start_import(run=run, actor=officer)),
        "undoing": lambda: work(lambda run: undo_import(run=run, actor=officer)),
    }
    found = []
    for name, step in steps.items():
        started = time.perf_counter()
        step()
        seconds = time.perf_counter() - started
        found.append(Row(f"{size:,} rows: {name}", {"s": seconds, "ms a row": seconds * 1000 / size}))
    assert len(mapping) == len(HEADINGS), set(HEADINGS) - set(mapping)
    assert kept[0].state == "undone", kept[0].refusal
    return found


def line(number: int) -> list[str]:
    return [
        str(number), "第7期", "令和4年12月22日", f"株式会社取込み{number}", "トリコミ", "企業", "", "２３１－８５８８", "横浜市中区",
        "日本大通1番", "０４５-000-0000", f"https://www.example.jp/{number}", "製造業", "10,000", "12", f"{TEXT}{number}", TEXT, TEXT, TEXT,
        "7、13", "", "山田 花子", "総務部", "045-000-0000", f"t{number}@example.jp",
    ]  # fmt: skip


def as_csv(lines: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("cp932")


def as_xlsx(lines: list[list[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for one in lines:
        sheet.append(one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
