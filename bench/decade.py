"""python -m bench.decade: ten years of a programme on the pure functions of renewals, and what a daily run costs.

Five thousand partners, every day from 1 April 2023 to 31 March 2033: they report, forget, are late, send things back
and forth; the daily run fails for days; the office moves deadlines, changes its rules, suspends, decides on removals.
On each day looked at, three laws are checked: no reminder twice, none missing, nobody removed without a decision.

A day on which nothing can differ need not be looked at: `look_again_on`, the next reminder, the next fact. That this
leaves nothing out is shown in tests/renewals/test_decade.py, where a sample also lives through every single day.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from random import Random
from time import process_time

from bench.table import Row, Table
from renewals.duties import Duty, ReportDuty
from renewals.examples import EXAMPLES, NEW_KANAGAWA, READING_A
from renewals.facts import Extension, Pause, Registration, Report
from renewals.obligations import Obligations, obligations
from renewals.reminders import Reminder, next_reminder_on, reminders_due
from renewals.rulebook import Rulebook
from renewals.rules_json import read_rulebook
from renewals.states import State

SLOW = True

START, END = date(2023, 4, 1), date(2033, 3, 31)
PARTNERS = 5_000
DAILY_RUN_PARTNERS = 20_000
DAY = timedelta(days=1)

COHORTS = [
    ("1", date(2019, 4, 23), 1),
    ("2", date(2019, 10, 3), 1),
    ("3", date(2020, 4, 13), 1),
    ("4", date(2020, 10, 19), 1),
    ("5", date(2021, 5, 26), 0),
    ("6", date(2022, 5, 26), 0),
    ("7", date(2022, 12, 22), 0),
]

# Decided on the first day, for the second: other mails and some grace; two reports a year; terms again.
LATER = NEW_KANAGAWA | READING_A | {"terms_ending_from": None}
RULE_CHANGES = [
    (
        date(2026, 1, 15),
        {"name": "改正", "effective_on": "2026-04-01", "grace_days": 60, "reminder_days": [-45, -14, -3, 0, 7, 21]},
    ),
    (
        date(2029, 6, 1),
        {"name": "再改正", "effective_on": "2029-10-01", "reports_per_year": 2, "report_window_days": 90},
    ),
    (
        date(2031, 2, 1),
        {"name": "期間制", "effective_on": "2031-04-01", "term": "fiscal_year_end", "term_years": 1, "grace_days": 30},
    ),
]


class LawBroken(AssertionError):
    """One of the three laws does not hold."""


@dataclass
class World:
    """What is the same for all partners: rules as known on a day, the days on which nothing ran, moved deadlines."""

    seed: int = 1
    rulebooks: list[tuple[date, Rulebook]] = field(default_factory=list)
    outages: list[tuple[date, date]] = field(default_factory=list)
    extensions: tuple[Extension, ...] = ()

    def __post_init__(self) -> None:
        random = Random(self.seed)
        versions = EXAMPLES["kanagawa"]
        self.rulebooks = [(date.min, read_rulebook(versions))]
        for known_from, version in RULE_CHANGES:
            versions = [*versions, LATER | version]
            self.rulebooks.append((known_from, read_rulebook(versions)))
        for year in range(START.year, END.year):
            # Each year one outage of some days anywhere, and one about the end of March.
            for first in (date(year, 4, 1) + random.randrange(330) * DAY, date(year + 1, 3, random.randint(15, 31))):
                self.outages.append((first, first + random.randint(0, 25) * DAY))
        self.extensions = tuple(
            self._extension_after(outage, random) for outage in self.outages if random.random() < 0.5
        )

    def _extension_after(self, outage: tuple[date, date], random: Random) -> Extension:
        first, last = outage
        recorded_on = self.running_day(last + DAY)
        return Extension(
            due_from=first,
            due_to=recorded_on,
            until=recorded_on + random.randint(10, 40) * DAY,
            reason="システムの障害",
            recorded_on=recorded_on,
            withdrawn_on=self.running_day(recorded_on + 5 * DAY) if random.random() < 0.2 else None,
        )

    def rulebook(self, today: date) -> Rulebook:
        return next(rulebook for known_from, rulebook in reversed(self.rulebooks) if known_from <= today)

    def running_day(self, day: date) -> date:
        """The day itself, or the first one after the outage."""
        while last := max((last for first, last in self.outages if first <= day <= last), default=None):
            day = last + DAY
        return day

    def news(self) -> Iterator[date]:
        """Days that bring news to everybody."""
        yield from (known_from for known_from, rulebook in self.rulebooks)
        for extension in self.extensions:
            yield extension.recorded_on
            if extension.withdrawn_on:
                yield extension.withdrawn_on


class Life:
    """One partner through the years. Chance is drawn only when something happens, so that it does not depend on
    how often one looks."""

    def __init__(self, number: int, world: World) -> None:
        self.world, self.random = world, Random(f"{world.seed}:{number}")
        self.diligence = self.random.choice([0.95, 0.8, 0.5, 0.2, 0.02])
        cohort, approved_on, renewals = self._beginnings(number)
        self.registration = Registration(
            partner=str(number),
            approvals=(approved_on,),
            cohort=cohort,
            earlier_renewals=renewals,
            extensions=world.extensions,
            suspensions=self._suspensions(),
        )
        self.reports: list[Report] = []
        self.sent: set[str] = set()
        self.promised: set[str] = set()
        self.decided: set[date] = set()
        self.state: State | None = None
        # What happened, as (day, what).
        self.log: list[tuple[date, str]] = []
        self.agenda: list[tuple[date, int, Callable[[date], None]]] = []
        self.order = count()
        self.looks = 0

    def _beginnings(self, number: int) -> tuple[str, date, int]:
        if number % 4 == 0:
            return COHORTS[number // 4 % len(COHORTS)]
        return "", START + self.random.randrange((END - START).days) * DAY, 0

    def _suspensions(self) -> tuple[Pause, ...]:
        if self.random.random() > 0.03:
            return ()
        since = START + self.random.randrange((END - START).days) * DAY
        return (Pause(since, since + self.random.randint(20, 400) * DAY),)

    @property
    def first_day(self) -> date:
        return self.world.running_day(max(START, self.registration.approvals[0]))

    def live_every_day(self) -> "Life":
        today = self.first_day
        while today <= END:
            if self.world.running_day(today) == today:
                self.look(today)
            today += DAY
        return self

    def live(self) -> "Life":
        """The same, without the days on which nothing can differ."""
        news = sorted(set(self.world.news()), reverse=True)
        today = self.first_day
        while today <= END:
            answer = self.look(today)
            while news and news[-1] <= today:
                news.pop()
            coming = [
                answer.look_again_on,
                next_reminder_on(answer),
                *news[-1:],
                *(self.agenda[0][:1] if self.agenda else ()),
            ]
            ahead = min((day for day in coming if day), default=END + DAY)
            today = self.world.running_day(max(ahead, today + DAY))
        return self

    def look(self, today: date) -> Obligations:
        self.looks += 1
        while self.agenda and self.agenda[0][0] <= today:
            heapq.heappop(self.agenda)[2](today)
        answer = obligations(self.registration, self.world.rulebook(today), self.reports, today)
        for reminder in reminders_due(answer, self.sent):
            self._remind(reminder, today)
        self._check(answer)
        if answer.state is not self.state:
            self.state = answer.state
            self.log.append((today, answer.state))
            if answer.state is State.REMOVABLE and self.random.random() < 0.3:
                self._later(today, 60, self._decide)
        return answer

    def _remind(self, reminder: Reminder, today: date) -> None:
        if reminder.key in self.sent:
            raise LawBroken(f"{reminder.key} is sent twice to {self.registration.partner}")
        self.sent.add(reminder.key)
        self.log.append((today, reminder.key))
        if reminder.duty.key not in self.promised and self.random.random() < self.diligence:
            self.promised.add(reminder.duty.key)
            self._later(today, self.random.randint(1, 30), lambda day: self._hand_in(reminder.duty, day))

    def _hand_in(self, duty: Duty, today: date) -> None:
        fiscal_year = duty.fiscal_year if isinstance(duty, ReportDuty) else None
        self.promised.discard(duty.key)
        by_letter = self.random.random() < 0.05
        report = Report(received_on=today, fiscal_year=fiscal_year)
        if by_letter:
            self._later(today, 14, lambda day: self.reports.append(replace(report, entered_on=day)))
            return
        self.reports.append(report)
        if self.random.random() < 0.05:
            self._later(today, self.random.randint(1, 20), lambda day: self._send_back(report, day))

    def _send_back(self, report: Report, today: date) -> None:
        returned = replace(report, returned_on=today)
        self.reports[self.reports.index(report)] = returned
        if self.random.random() < 0.8:
            self._later(today, self.random.randint(5, 45), lambda day: self._correct(returned, day))

    def _correct(self, returned: Report, today: date) -> None:
        self.reports[self.reports.index(returned)] = replace(returned, corrected_on=today)

    def _decide(self, today: date) -> None:
        """The end of a docket: removed if nothing has changed; some are restored."""
        answer = obligations(self.registration, self.world.rulebook(today), self.reports, today)
        if answer.state is not State.REMOVABLE:
            return
        self.decided.add(today)
        restored_on = today + self.random.randint(30, 300) * DAY if self.random.random() < 0.3 else None
        removal = Pause(today, restored_on)
        self.registration = replace(self.registration, removals=(*self.registration.removals, removal))

    def _later(self, today: date, days: int, action: Callable[[date], None]) -> None:
        heapq.heappush(self.agenda, (self.world.running_day(today + days * DAY), next(self.order), action))

    def _check(self, answer: Obligations) -> None:
        for duty in answer.duties:
            missing = missing_reminder(duty, answer.today, self.sent)
            if missing is not None:
                raise LawBroken(f"{duty.key} of {self.registration.partner}: {missing} is missing on {answer.today}")
        if answer.state is State.REMOVED and not self.decided:
            raise LawBroken(f"{self.registration.partner} is removed without a decision")


def missing_reminder(duty: Duty, today: date, sent: set[str]) -> int | None:
    """The latest day of the programme that has come, if neither it nor one after it was told. Written apart from
    reminders.py, which it checks."""
    told = {int(key.rpartition(":")[2]) for key in sent if key.startswith(f"{duty.key}:{duty.due_on}:")}
    come = [
        offset
        for offset in duty.rules.reminder_days
        if duty.known_on <= duty.due_on + offset * DAY <= today
        and duty.opens_on <= today
        and (offset <= 0 or duty.accepted_until < today)
    ]
    return max(come) if come and max(come) > max(told, default=-1000) else None


def live_all(partners: int, seed: int = 1) -> list[Life]:
    world = World(seed)
    return [Life(number, world).live() for number in range(partners)]


def run(stack: object = None, partners: int = PARTNERS) -> Table:
    """The servers of `python -m bench` are not needed."""
    before = process_time()
    lives = live_all(partners)
    seconds = process_time() - before
    looks, days = sum(life.looks for life in lives), sum((END - life.first_day).days + 1 for life in lives)
    reminders = sum(len(life.sent) for life in lives)
    rows = [
        Row("the decade", {"partners": partners, "partner-days": days, "looked at": looks, "CPU s": seconds}),
        Row("daily run, all partners", {"partners": DAILY_RUN_PARTNERS, **daily_run(lives)}),
    ]
    removed = sum(len(life.registration.removals) for life in lives)
    notes = [
        f"{reminders:,} reminders, {sum(len(life.reports) for life in lives):,} reports, {removed:,} removals decided.",
        "No reminder twice, none missing, nobody removed without a decision: checked on each day looked at.",
    ]
    return Table("Ten years of renewals, without a database", rows, notes)


def daily_run(lives: list[Life], partners: int = DAILY_RUN_PARTNERS) -> dict[str, int | float]:
    """Obligations and reminders of everybody on one busy day: what a run costs that skips nobody."""
    world, today = lives[0].world, date(2031, 3, 24)
    before = process_time()
    for number in range(partners):
        life = lives[number % len(lives)]
        answer = obligations(life.registration, world.rulebook(today), life.reports, today)
        reminders_due(answer, life.sent)
    seconds = process_time() - before
    return {"looked at": partners, "CPU s": seconds, "µs each": 1e6 * seconds / partners}


if __name__ == "__main__":
    print(run())
