"""Reminders: on the days that the programme chose, never twice, caught up without flooding, ended by handing in."""

from datetime import date, timedelta

import pytest

from renewals.facts import Registration, Report
from renewals.obligations import obligations
from renewals.reminders import reminders_due, schedule
from renewals.rulebook import Rulebook
from tests.renewals.build import KANAGAWA, day, extension, owed, pause, registration, renewal, report, rulebook

PARTNER = registration("2024-04-01")
# 31 March 2025 is a Monday.
PLANNED = ["2025-01-30", "2025-03-01", "2025-03-24", "2025-03-31", "2025-04-14"]


def run(
    partner: Registration,
    rules: Rulebook,
    reports: list[Report],
    first: str,
    last: str,
    down: tuple[str, str] | None = None,
    sent: set[str] | None = None,
) -> list[tuple[str, str, int]]:
    """The daily run, each day but those on which it was down: day, duty, offset."""
    sent = set() if sent is None else sent
    log = []
    today = day(first)
    while today <= day(last):
        if down is None or not day(down[0]) <= today <= day(down[1]):
            answer = obligations(partner, rules, reports, today)
            for reminder in reminders_due(answer, sent):
                assert reminder.key not in sent
                sent.add(reminder.key)
                log.append((str(today), reminder.duty.key, reminder.offset))
            assert reminders_due(answer, sent) == ()
        today += timedelta(days=1)
    return log


def test_the_days_of_the_programme() -> None:
    log = run(PARTNER, KANAGAWA, [], "2024-04-01", "2025-12-31")
    assert log == [(on, "report:2024:1", offset) for on, offset in zip(PLANNED, (-60, -30, -7, 0, 14), strict=True)]


def test_another_programme_chooses_other_days() -> None:
    log = run(PARTNER, rulebook({"reminder_days": [3, -10]}), [], "2024-04-01", "2025-12-31")
    assert [(on, offset) for on, key, offset in log] == [("2025-03-21", -10), ("2025-04-03", 3)]
    assert run(PARTNER, rulebook({"reminder_days": []}), [], "2024-04-01", "2026-12-31") == []


def test_handing_in_ends_them() -> None:
    log = run(PARTNER, KANAGAWA, [report(2024, "2025-03-10")], "2024-04-01", "2025-12-31")
    assert [on for on, key, offset in log] == PLANNED[:2]


def test_a_returned_report_is_reminded_of_with_its_own_date() -> None:
    """Returned on 10 April, to be put right by 12 May."""
    returned = report(2024, "2025-03-30", returned_on="2025-04-10")
    log = run(PARTNER, KANAGAWA, [returned], "2025-03-30", "2025-12-31")
    assert log == [
        ("2025-04-12", "report:2024:1", -30),
        ("2025-05-05", "report:2024:1", -7),
        ("2025-05-12", "report:2024:1", 0),
        ("2025-05-26", "report:2024:1", 14),
    ]


@pytest.mark.parametrize(
    ("down", "caught_up"),
    [
        # Three days: one is late by two days.
        (("2025-02-28", "2025-03-02"), [PLANNED[0], "2025-03-03", *PLANNED[2:]]),
        # Two months: one for all that were missed.
        (("2025-01-20", "2025-03-27"), ["2025-03-28", *PLANNED[3:]]),
        # Over everything: once, and truly.
        (("2025-01-20", "2025-09-30"), ["2025-10-01"]),
    ],
)
def test_missed_days_are_caught_up_without_a_flood(down: tuple[str, str], caught_up: list[str]) -> None:
    log = run(PARTNER, KANAGAWA, [], "2024-04-01", "2025-12-31", down=down)
    assert [on for on, key, offset in log] == caught_up


def test_a_run_of_the_same_day_again_sends_nothing() -> None:
    sent: set[str] = set()
    first = run(PARTNER, KANAGAWA, [], "2025-03-24", "2025-03-24", sent=sent)
    assert len(first) == 1
    assert run(PARTNER, KANAGAWA, [], "2025-03-24", "2025-03-24", sent=sent) == []


def test_the_overdue_mail_waits_until_nothing_is_accepted_any_more() -> None:
    """31 March 2024 is a Sunday, accepted until Monday: "one day late" is told on Tuesday."""
    rules = rulebook({"reminder_days": [1]})
    log = run(registration("2023-04-01"), rules, [], "2024-03-01", "2024-04-10")
    assert log == [("2024-04-02", "report:2023:1", 1)]


def test_none_asks_for_what_cannot_be_handed_in_yet() -> None:
    """Cohort 2 is due on 31 August, and its window opens on 1 August."""
    log = run(registration("2019-10-03", earlier_renewals=1), KANAGAWA, [], "2023-04-01", "2023-09-30")
    assert [(on, offset) for on, key, offset in log] == [
        ("2023-08-01", -30),
        ("2023-08-24", -7),
        ("2023-08-31", 0),
        ("2023-09-14", 14),
    ]


def test_who_comes_late_is_not_sent_what_lies_before() -> None:
    """Approved on 10 March, and told so: the first reminder is the one of 24 March."""
    log = run(registration("2025-03-10"), rulebook({}), [], "2025-03-10", "2025-04-30")
    assert [(on, offset) for on, key, offset in log] == [("2025-03-24", -7), ("2025-03-31", 0), ("2025-04-14", 14)]


def test_after_a_later_one_an_earlier_one_never_follows_even_if_the_days_were_changed() -> None:
    sent: set[str] = set()
    assert [offset for on, key, offset in run(PARTNER, KANAGAWA, [], "2025-03-31", "2025-03-31", sent=sent)] == [0]
    log = run(PARTNER, rulebook({"reminder_days": [-45, 7]}), [], "2025-03-31", "2025-04-30", sent=sent)
    assert [(on, offset) for on, key, offset in log] == [("2025-04-07", 7)]


def test_what_was_planned_before_the_window_belongs_to_the_day_on_which_it_opens() -> None:
    rules = rulebook({"report_window_days": 30, "reminder_days": [-60]})
    opening = owed(PARTNER, rules, [], "2025-03-01")
    assert [str(reminder.planned_on) for reminder in schedule(opening.duties[0])] == ["2025-03-01"]
    assert len(reminders_due(opening, ())) == 1


class TestMovedDeadline:
    partner = registration(
        "2024-04-01", extensions=(extension("2025-03-31", "2025-03-31", "2025-04-30", "2025-03-28"),)
    )

    def test_the_new_date_has_reminders_of_its_own_from_then_on(self) -> None:
        log = run(self.partner, KANAGAWA, [], "2024-04-01", "2025-12-31")
        assert [(on, offset) for on, key, offset in log] == [
            *zip(PLANNED[:3], (-60, -30, -7), strict=True),
            ("2025-03-31", -30),
            ("2025-04-23", -7),
            ("2025-04-30", 0),
            ("2025-05-14", 14),
        ]

    def test_the_overdue_mail_comes_however_often_the_date_moved(self) -> None:
        again = extension("2025-03-31", "2025-03-31", "2025-05-30", "2025-05-10")
        partner = registration("2024-04-01", extensions=(*self.partner.extensions, again))
        log = run(partner, KANAGAWA, [], "2025-04-01", "2025-12-31")
        assert [(on, offset) for on, key, offset in log] == [
            ("2025-04-01", -30),
            ("2025-04-23", -7),
            ("2025-04-30", 0),
            ("2025-05-23", -7),
            ("2025-05-30", 0),
            ("2025-06-13", 14),
        ]


def test_suspended_and_removed_partners_are_left_alone() -> None:
    suspended = registration("2024-04-01", suspensions=(pause("2025-01-01"),))
    removed = registration("2024-04-01", removals=(pause("2025-01-01"),))
    for partner in (suspended, removed):
        assert run(partner, KANAGAWA, [], "2024-12-31", "2025-12-31") == []


def test_each_duty_has_its_own_and_one_mail_may_carry_all() -> None:
    rules = rulebook({"reports_per_year": 12, "reminder_days": [-7, 14]})
    answer = owed(PARTNER, rules, [], "2024-05-24")
    assert [(r.duty.key, r.offset) for r in reminders_due(answer, ())] == [("report:2024:1", 14), ("report:2024:2", -7)]


def test_a_renewal_after_the_end_of_the_term_is_still_reminded_of() -> None:
    rules = rulebook(
        {"term": "years", "term_years": 2, "reports_per_year": 0, "renewal_due": "days_before", "renewal_due_days": 0}
    )
    log = run(
        registration("2020-05-01"), rules, [], "2022-05-01", "2022-05-31", sent={"renewal:2020-05-01:2022-04-30:0"}
    )
    assert log == [("2022-05-14", "renewal:2020-05-01", 14)]
    assert run(registration("2020-05-01"), rules, [renewal("2022-05-02")], "2022-05-02", "2022-05-31") == []


def test_the_schedule_can_be_shown() -> None:
    duty = owed(PARTNER, KANAGAWA, [], "2024-05-01").duties[0]
    assert [(str(reminder.planned_on), reminder.offset) for reminder in schedule(duty)] == list(
        zip(PLANNED, (-60, -30, -7, 0, 14), strict=True)
    )
    assert len({reminder.key for reminder in schedule(duty)}) == 5
    assert schedule(duty)[0].key == f"report:2024:1:{date(2025, 3, 31)}:-60"
