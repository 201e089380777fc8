"""Ten years in small: the laws hold on every day looked at, and looking at fewer days leaves nothing out."""

from datetime import date, timedelta

import pytest

from bench.decade import LawBroken, Life, World, live_all, missing_reminder
from renewals.obligations import Obligations, obligations
from renewals.states import State
from tests.renewals.build import KANAGAWA, day, pause, registration

# Old cohorts, newcomers of all years, diligent and idle.
SAMPLE = [0, 1, 4, 8]


@pytest.mark.parametrize("number", SAMPLE)
def test_days_on_which_nothing_can_differ_need_not_be_looked_at(number: int) -> None:
    world = World(seed=3)
    every_day, some_days = Life(number, world).live_every_day(), Life(number, world).live()
    assert some_days.log == every_day.log
    assert some_days.reports == every_day.reports
    assert some_days.looks < every_day.looks / 8


def test_nobody_is_reminded_twice_or_forgotten_or_removed_by_a_machine() -> None:
    lives = live_all(80, seed=2)
    assert sum(len(life.sent) for life in lives) > 1_000
    assert {state for life in lives for _, state in life.log if isinstance(state, State)} == set(State) - {
        State.NOT_REGISTERED
    }


class Diary(Life):
    """Writes down each evening what was open, for whoever wants to work out the reminders anew."""

    def __init__(self, number: int, world: World) -> None:
        super().__init__(number, world)
        self.evenings: list[Obligations] = []

    def look(self, today: date) -> Obligations:
        self.evenings.append(super().look(today))
        return self.evenings[-1]


@pytest.mark.parametrize("number", [3, 8])
def test_the_log_is_what_the_calendar_of_each_deadline_asks_for(number: int) -> None:
    """Each planned day on which something ran brings its reminder; days that were missed bring their last one."""
    life = Diary(number, World(seed=5))
    life.live_every_day()
    expected = []
    before = date.min
    for answer in life.evenings:
        for duty in answer.duties:
            fell_due = [
                offset
                for offset in duty.rules.reminder_days
                for planned in [max(duty.due_on + timedelta(days=offset), duty.opens_on)]
                if duty.due_on + timedelta(days=offset) >= duty.known_on
                and before
                < max(planned, duty.accepted_until + timedelta(days=1) if offset > 0 else planned)
                <= answer.today
            ]
            if fell_due:
                expected.append((answer.today, f"{duty.key}:{duty.due_on}:{max(fell_due)}"))
        before = answer.today
    assert [entry for entry in life.log if not isinstance(entry[1], State)] == expected
    assert expected


def test_a_missing_reminder_is_noticed() -> None:
    answer = obligations(registration("2024-04-01"), KANAGAWA, [], day("2025-03-02"))
    assert missing_reminder(answer.duties[0], answer.today, set()) == -30
    assert missing_reminder(answer.duties[0], answer.today, {"report:2024:1:2025-03-31:-30"}) is None
    assert missing_reminder(answer.duties[0], answer.today, {"report:2024:1:2025-04-30:-30"}) == -30


def test_a_removal_without_a_decision_is_noticed() -> None:
    life = Life(0, World())
    life.registration = registration("2019-04-23", removals=(pause("2025-04-01"),))
    with pytest.raises(LawBroken, match="removed without a decision"):
        life.live()
