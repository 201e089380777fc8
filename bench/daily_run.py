"""The daily run of renewals over 20,000 partners: all looked at, nobody due, everybody reminded at once."""

import resource
import time
from collections.abc import Sequence
from datetime import date, timedelta

from bench.sql import counting
from bench.stack import Stack
from bench.table import Row, Table, Value
from partners.models import Partner
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from renewals.examples import EXAMPLES
from renewals.models import Reminder, RuleVersion, Standing
from renewals.services.daily import look_at_due
from renewals.stages import RuleState

SLOW = True
SIZES = (1_000, 20_000)
# Under the new rules from their first day; the first report is due on 31 March 2026.
APPROVED_ON = date(2025, 5, 1)
FIRST_LOOK = date(2025, 6, 1)
# Sixty days before.
REMINDED_ON = date(2026, 1, 30)


def run(stack: Stack, partners: Sequence[int] = SIZES) -> Table:
    rows = []
    for size in partners:
        programme = Programme.objects.create(
            slug=f"daily{size}", name="日々", name_en="Daily", operator="県", operator_en="Prefecture",
            prefecture_code="140007", introduction="紹介", introduction_en="About", sender="daily@example.jp",
            short_name="日々", office="担当", office_en="Office", email="office@example.jp", is_public=False,
        )  # fmt: skip
        with programme_scope(programme):
            fill(stack, size)
            rows += measured(size)
    notes = [
        "Clock time of one process, and the CPU seconds of it alone; the database is on the same machine.",
        "Goal: 20,000 partners in 30 s.",
    ]
    return Table("The daily run: deadlines and reminders", rows, notes)


def fill(stack: Stack, size: int) -> None:
    """One partner by hand, the others copied past the wall: what is measured is the run, not the writing of partners."""
    for data in EXAMPLES["kanagawa"]:
        RuleVersion.objects.create(
            name=data["name"], effective_on=data["effective_on"], data=data, state=RuleState.APPROVED
        )
    first = Partner.objects.create(
        name="団体", number=1, approved_on=APPROVED_ON, created_at="2025-05-01T00:00:00+09:00",
        contact_email="p@example.jp", contact_name="担当",
    )  # fmt: skip
    changed = {
        "id": "nextval(pg_get_serial_sequence('partners_partner', 'id'))",
        "number": "number + step",
        "name": "name || step",
        "contact_email": "step || contact_email",
        "certificate_code": "certificate_code || step",
    }
    columns = [str(field.column) for field in Partner._meta.concrete_fields]
    selected = ", ".join(changed.get(column, column) for column in columns)
    with stack.postgres.connect("kakehashi") as connection:
        connection.execute(
            f"INSERT INTO partners_partner ({', '.join(columns)}) SELECT {selected} "  # type: ignore[arg-type]
            f"FROM partners_partner, generate_series(1, {size - 1}) AS step WHERE id = {first.pk}"
        )


def measured(size: int) -> list[Row]:
    days = {
        "first look at all": FIRST_LOOK,
        "a day with nobody due": FIRST_LOOK + timedelta(days=1),
        "everybody is reminded": REMINDED_ON,
        "the same day once more": REMINDED_ON,
    }
    found = []
    for name, today in days.items():
        started, used = time.perf_counter(), time.process_time()
        with counting() as tally:
            looked = look_at_due(today=today)
        values: dict[str, Value] = {
            "s": time.perf_counter() - started,
            "CPU s": time.process_time() - used,
            "partners looked at": looked,
            "statements": tally.queries,
            "MB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        found.append(Row(f"{size:,} partners: {name}", values))
    assert Reminder.objects.count() == Standing.objects.count() == size
    return found
