"""Sixty days of the simulated decade (bench/decade.py) through the database, held against the pure functions.

Two months about the end of a fiscal year, with its outages, moved deadlines, reports, returns and corrections. On every
day on which the portal runs, the daily task must have sent exactly what the arithmetic asks for, worked out anew for every
partner: no reminder twice, none missing, nobody removed.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from bench.decade import Life, World
from partners.models import Fact, Partner
from partners.states import PartnerState
from portal.tenancy.models import Programme
from renewals import facts
from renewals.models import Extension, Reminder, Report, Standing
from renewals.obligations import Obligations, obligations
from renewals.queries.records import as_fact
from renewals.reminders import reminders_due
from renewals.services.daily import look_again, look_at_due
from renewals.stages import ReportState
from tests.breadth import EVERYTHING
from tests.factories import make_batch, make_partner, make_report, make_rules

FIRST, DAYS = date(2025, 2, 15), 60
PARTNERS = 80 if EVERYTHING else 30
ONE = timedelta(days=1)


class Followed:
    """A partner twice: its rows, and the plain facts that they stand for."""

    def __init__(self, number: int, known: facts.Registration) -> None:
        self.known = known
        batch = make_batch(
            label=f"第{self.known.cohort}期" if self.known.cohort else "", closes_on=FIRST + number * ONE
        )
        self.row: Partner = make_partner(
            approved_on=self.known.approvals[0], batch=batch, created_at=datetime(2019, 4, 1, tzinfo=UTC)
        )
        Standing.objects.create(partner=self.row, earlier_renewals=self.known.earlier_renewals)
        for pause in self.known.suspensions:
            Fact.objects.create(
                partner=self.row, field=Fact.Field.STATE, value=PartnerState.SUSPENDED, since=pause.since,
                until=pause.ended_on,
            )  # fmt: skip
        self.reports: list[Report] = []
        self.sent: set[str] = set()

    def answer(self, world: World, today: date) -> Obligations:
        return obligations(self.known, world.rulebook(today), [as_fact(report) for report in self.reports], today)

    def hand_in(self, world: World, day: date) -> None:
        for duty in self.answer(world, day).duties[:1]:
            year = getattr(duty, "fiscal_year", None)
            self.reports.append(make_report(self.row, year, received_on=day))
            look_again([self.row.pk], today=day)

    def send_back_or_correct(self, day: date) -> None:
        report = self.reports[-1]
        if report.is_returned:
            report.state, report.corrected_on = ReportState.RECEIVED, day
        else:
            report.state, report.returned_on, report.corrected_on = ReportState.RETURNED, day, None
        report.save()
        look_again([self.row.pk], today=day)


@pytest.fixture
def world(in_kanagawa: Programme) -> World:
    make_rules()
    return World(seed=21)


def extension_row(known: facts.Extension) -> Extension:
    return Extension.objects.create(
        due_from=known.due_from, due_to=known.due_to, until=known.until, reason=known.reason, is_for_all=True,
        meant_for="すべての団体", recorded_on=known.recorded_on, withdrawn_on=known.withdrawn_on,
    )  # fmt: skip


def test_sixty_days_of_the_decade(world: World) -> None:
    random = Random(11)
    lives = [Life(number, world).registration for number in range(8 * PARTNERS)]
    there = [known for known in lives if known.approvals[0] <= FIRST]
    crowd = [Followed(number, known) for number, known in enumerate(there[:PARTNERS])]
    # The portal knows at once what the world will decide later; each counts from its own day on.
    for extension in world.extensions:
        extension_row(extension)
    news = set(world.news())
    for one in crowd:
        for day in (date(2023, 9, 1), date(2024, 2, 1), date(2024, 9, 1)):
            if random.random() < 0.5 and day >= one.known.approvals[0]:
                one.hand_in(world, day)
    look_at_due(today=FIRST - ONE)
    for one in crowd:
        one.sent = set(Reminder.objects.filter(partner=one.row).values_list("key", flat=True))
    runs, expected_in_all = 0, 0
    for day in (FIRST + number * ONE for number in range(DAYS)):
        for one in crowd:
            if random.random() < 0.02:
                one.hand_in(world, day)
            elif one.reports and random.random() < 0.01:
                one.send_back_or_correct(day)
        if day in news:
            look_again(today=day)
        if world.running_day(day) == day:
            runs += 1
            for one in crowd:
                due = {reminder.key for reminder in reminders_due(one.answer(world, day), one.sent)}
                expected_in_all += len(due)
                one.sent |= due
            look_at_due(today=day)
            sent = {(reminder.partner_id, reminder.key) for reminder in Reminder.objects.all()}
            assert sent == {(one.row.pk, key) for one in crowd for key in one.sent}, day
            states = dict(Standing.objects.values_list("partner_id", "state"))
            assert states == {one.row.pk: one.answer(world, day).state.value for one in crowd}, day
    # It was no quiet time: days were missed, and many were reminded.
    assert runs < DAYS - 20 and expected_in_all > PARTNERS // 4
    assert not Partner.objects.exclude(state=PartnerState.REGISTERED).exists()
