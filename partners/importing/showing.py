"""What the staff's pages show of an import."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partners.models import ImportRow, ImportRun
from partners.states import ImportState


def last_mapping() -> dict[str, str]:
    """How the programme's last table was mapped, column by column; it is proposed for the next one."""
    return ImportRun.objects.exclude(mapping={}).values_list("mapping", flat=True).first() or {}


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    left_out: int


def import_progress(run: ImportRun) -> Progress:
    """In words and as a bar: rows imported, of all rows, and those that became wrong after the dry run."""
    done = run.rows.imported().count()
    left_out = run.rows.bad().count() if run.state in (ImportState.RUNNING, ImportState.DONE) else 0
    return Progress(done, run.counts.get("rows", 0), left_out)


@dataclass(frozen=True)
class Renaming:
    row: int
    before: str
    after: str


def renamings(rows: Iterable[ImportRow]) -> Iterator[Renaming]:
    """Where a row changes a partner's name: a wrong number in the table looks just like that."""
    for row in rows:
        heading = next(heading for heading, name in row.run.mapping.items() if name == "name")
        yield Renaming(row.number, row.former_name, row.cells[heading])


@dataclass(frozen=True)
class BadCell:
    row: int
    heading: str
    text: str
    problem: str


def bad_cells(rows: Iterable[ImportRow]) -> Iterator[BadCell]:
    for row in rows:
        # In the order of the table's columns, which the database does not keep.
        for heading in row.run.headings:
            if heading in row.problems:
                yield BadCell(row.number, heading, row.cells.get(heading, ""), row.problems[heading])
