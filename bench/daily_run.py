"""The daily run of renewals over 20,000 partners: all looked at, nobody due, everybody reminded at once."""

import time
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


def run(stack: Stack) -> Table:
    rows = []
    for size in SIZES:
        programme = Programme.objects.create(
            slug=f"daily{size}", name="日々", name_en="Daily", operator="県", operator_en="Prefecture",
            prefecture_code="140007", introduction="紹介", introduction_en="About", sender="daily@example.jp",
            short_name="日々", office="担当", office_en="Office", email="office@example.jp", is_public=False,
        )  # fmt: skip
        with programme_scope(programme):
            fill(size)
            rows += measured(size)
    notes = ["Clock time of one process; the database is on the same machine. Goal: 20,000 partners in 30 s."]
    return Table("The daily run: deadlines and reminders", rows, notes)


def fill(size: int) -> None:
    for data in EXAMPLES["kanagawa"]:
        RuleVersion.objects.create(
            name=data["name"], effective_on=data["effective_on"], data=data, state=RuleState.APPROVED
        )
    created_at = "2025-05-01T00:00:00+09:00"
    Partner.objects.bulk_create(
        (
            Partner(
                name=f"団体{number}",
                number=number,
                approved_on=APPROVED_ON,
                created_at=created_at,
                contact_email=f"p{number}@example.jp",
                contact_name="担当",
            )
            for number in range(1, size + 1)
        ),
        batch_size=2_000,
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
        started = time.perf_counter()
        with counting() as tally:
            looked = look_at_due(today=today)
        seconds = time.perf_counter() - started
        values: dict[str, Value] = {"s": seconds, "partners looked at": looked, "statements": tally.queries}
        found.append(Row(f"{size:,} partners: {name}", values))
    assert Reminder.objects.count() == Standing.objects.count() == size
    return found
