"""How long it takes to look through a file of the largest size, against hashing the same bytes, which any store does."""

import hashlib
import io
import random
import time
import zipfile
from collections.abc import Callable

from PIL import Image

from bench.stack import Stack
from bench.table import Row, Table, Value
from portal.files.checks import check
from portal.files.kinds import ALL, MB, Limits
from portal.files.refusals import Refused

SIZE = 10 * MB - 100_000
ROUNDS = 5
LIMITS = Limits(kinds=ALL)
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def run(stack: Stack) -> Table:
    rows = []
    for name, make in SAMPLES.items():
        content = make()
        seconds, outcome = best_of(outcome_of, name, content)
        hashing, _ = best_of(digest_of, name, content)
        values: dict[str, Value] = {
            "MB": len(content) / MB,
            "ms": seconds * 1000,
            "times hashing": seconds / hashing,
            "outcome": outcome,
        }
        rows.append(Row(name, values))
    return Table(
        "Checking one file",
        rows,
        [f"Processor time, the best of {ROUNDS}. Pictures are decoded, turned, drawn anew and written again."],
    )


def outcome_of(name: str, content: bytes) -> str:
    try:
        return f"taken, {len(check(name=name, content=content, limits=LIMITS).content) / MB:.1f} MB"
    except Refused as refused:
        return str(refused.code)


def digest_of(name: str, content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def best_of(work: Callable[[str, bytes], str], name: str, content: bytes) -> tuple[float, str]:
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        outcome = work(name, content)
        times.append(time.process_time() - started)
    return min(times), outcome


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def pdf() -> bytes:
    return b"%PDF-1.7\n" + noise(SIZE) + b"\nstartxref\n0\n%%EOF\n"


def table() -> bytes:
    return b"".join(b"%d,\xe6\xa0\xaa\xe5\xbc\x8f,%d\r\n" % (row, row * 7) for row in range(SIZE // 26))


def cells() -> bytes:
    return b"".join(b'<c t="s" r="A%d"><v>%d</v></c>' % (row % 90, row % 50) for row in range(150 * MB // 31))


def workbook(**parts: bytes) -> bytes:
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{MAIN}"/></Types>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def photo(kind: str, width: int, height: int) -> Callable[[], bytes]:
    def draw() -> bytes:
        coarse = Image.effect_noise((width // 8, height // 8), 60)
        file = io.BytesIO()
        coarse.resize((width, height)).convert("RGB").save(file, kind, quality=92)
        return file.getvalue()

    return draw


SAMPLES: dict[str, Callable[[], bytes]] = {
    "PDF of 10 MB.pdf": pdf,
    "CSV of 10 MB.csv": table,
    "workbook of pictures, 10 MB.xlsx": lambda: workbook(**{"xl/media/a.bin": noise(SIZE)}),
    "workbook of text, expands to 150 MB.xlsx": lambda: workbook(**{"xl/worksheets/a.xml": cells()}),
    "bomb, 1 GB in 1 MB.xlsx": lambda: workbook(**{f"xl/media/{part}.bin": bytes(100 * MB) for part in range(10)}),
    "photo of 12 million pixels.jpg": photo("JPEG", 4000, 3000),
    "photo of 40 million pixels.jpg": photo("JPEG", 8000, 5000),
    "photo of 12 million pixels.png": photo("PNG", 4000, 3000),
    "photo of 12 million pixels.webp": photo("WEBP", 4000, 3000),
}
