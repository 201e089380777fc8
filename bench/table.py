"""What a measurement hands back: a table of rows, and how it is printed."""

from dataclasses import asdict, dataclass, field
from typing import Any

Value = int | float | str | None


@dataclass(frozen=True)
class Row:
    """One line: what was measured, and its figures by column. None prints as a dash."""

    name: str
    values: dict[str, Value]


@dataclass
class Table:
    title: str
    rows: list[Row]
    # Printed below the table: conditions, and whatever makes a figure doubtful.
    notes: list[str] = field(default_factory=list)
    # A noisy run is shown, but nobody should repeat its figures.
    quotable: bool = True
    # False: something that must hold does not, and the run ends with 1.
    holds: bool = True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        columns = list(dict.fromkeys(column for row in self.rows for column in row.values))
        lines = [
            ["", *columns],
            *([row.name, *(_shown(row.values.get(column)) for column in columns)] for row in self.rows),
        ]
        widths = [max(len(line[index]) for line in lines) for index in range(len(columns) + 1)]
        text = [self.title + ("" if self.quotable else "   [NOT TO BE QUOTED]"), ""]
        for name, *cells in lines:
            shown = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
            text.append(f"  {name.ljust(widths[0])}  {shown}".rstrip())
        return "\n".join([*text, "", *(f"  {note}" for note in self.notes)]).rstrip() + "\n"


def _shown(value: Value) -> str:
    """Three digits carry all that a shared machine can tell."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else value
