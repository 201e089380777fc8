"""How long a printed sheet takes: in a process that has done it before, against the first one of a process."""

import time
from datetime import date

from bench.stack import Stack
from bench.table import Row, Table
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.pdf import render_pdf
from portal.web.qr import qr_svg

ROUNDS = 100
ADDRESS = "https://sdgs.example.jp/certificates/7K3M9Q2XW8/"


def run(stack: Stack) -> Table:
    with programme_scope(Programme(pk=1, operator="神奈川県", name="SDGsパートナーポータル", office="事務局")):
        first, size = seconds(0, rows=12)
        rows = [Row("the first of a process", {"ms": first * 1000, "KB": size / 1024, "against the first": 1.0})]
        for lines in (12, 300):
            times, sizes = zip(*(seconds(number, rows=lines) for number in range(1, ROUNDS + 1)), strict=True)
            median = sorted(times)[ROUNDS // 2]
            name = f"a sheet with a table of {lines} rows"
            rows.append(Row(name, {"ms": median * 1000, "KB": sizes[0] / 1024, "against the first": median / first}))
    return Table(
        "Printing a document (templates/pdf/sample.typ)",
        rows,
        [f"Processor time, the median of {ROUNDS} different sheets."],
    )


def seconds(number: int, rows: int) -> tuple[float, int]:
    started = time.process_time()
    pdf = render_pdf(
        "sample.typ",
        title="登録証",
        number=f"第{number}号",
        day=date(2026, 11, 20),
        data={
            "introduction": f"第{number}号の書類です。",
            "facts": [("団体名", f"株式会社 髙﨑製作所 {number}"), ("所在地", "横浜市中区日本大通1")],
            "heading": "月ごとの数",
            "head": ["月", "件数"],
            "rows": [(f"{row}番", row * number) for row in range(rows)],
            "items": ["一つ目", "二つ目"],
            "qr": qr_svg(ADDRESS),
            "qr_alt": "確認ページのQRコード",
            "address": ADDRESS,
        },
    )
    return time.process_time() - started, len(pdf)
