"""Whose dates move when a rule changes, from what to what, and why."""

from renewals.examples import NEW_KANAGAWA, OLD_KANAGAWA, READING_A
from renewals.rules_json import read_rulebook
from renewals.simulator import LABELS, Difference, simulate
from renewals.states import State
from renewals.timetable import Timetable, timetable
from tests.renewals.build import KANAGAWA, KANAGAWA_STRICT, day, registration, renewal, report, rulebook

COHORTS = [
    (registration("2019-04-23", partner="first", cohort="1", earlier_renewals=1), [renewal("2023-03-20")]),
    (registration("2019-10-03", partner="second", cohort="2", earlier_renewals=1), []),
    (registration("2022-05-26", partner="sixth", cohort="6"), []),
]
TODAY = day("2023-06-01")


def moved(differences: list[Difference]) -> dict[str, dict[str, tuple[str, str]]]:
    return {
        difference.partner: {move.what: (str(move.before), str(move.after)) for move in difference.moves}
        for difference in differences
    }


def test_the_same_rules_move_nothing() -> None:
    assert list(simulate(COHORTS, KANAGAWA, KANAGAWA, TODAY)) == []


def test_from_reading_a_to_reading_b() -> None:
    assert moved(list(simulate(COHORTS, KANAGAWA, KANAGAWA_STRICT, TODAY))) == {
        "first": {"removable_from": ("2025-04-23", "2025-04-01")},
        "second": {
            "next_report_due": ("2025-03-31", "2024-03-31"),
            "next_report_accepted_until": ("2025-03-31", "2024-04-01"),
            "removable_from": ("2026-04-01", "2025-04-01"),
        },
        "sixth": {"removable_from": ("2026-05-26", "2026-04-01")},
    }


def test_both_reasons_are_told() -> None:
    difference = next(simulate(COHORTS[1:2], KANAGAWA, KANAGAWA_STRICT, TODAY))
    move = next(move for move in difference.moves if move.what == "next_report_due")
    assert "2024年度の活動報告" in str(move.why_before)
    assert "2023年度の活動報告" in str(move.why_after)


def test_another_due_rule_moves_the_renewals_that_are_still_open() -> None:
    earlier = read_rulebook([OLD_KANAGAWA | {"renewal_due_days": 40}, NEW_KANAGAWA | READING_A])
    assert moved(list(simulate(COHORTS, KANAGAWA, earlier, TODAY))) == {
        "second": {
            "renewal_opens": ("2023-08-01", "2023-07-01"),
            "renewal_due": ("2023-08-31", "2023-07-31"),
            "renewal_accepted_until": ("2023-08-31", "2023-07-31"),
        },
        "sixth": {
            "renewal_opens": ("2024-03-26", "2024-03-01"),
            "renewal_due": ("2024-04-30", "2024-03-31"),
            "renewal_accepted_until": ("2024-04-30", "2024-04-01"),
        },
    }


def test_a_new_version_shows_where_the_next_term_would_end() -> None:
    two = {"term": "years", "term_years": 2, "reports_per_year": 0}
    old, new = rulebook(two), rulebook(two, two | {"effective_on": "2023-07-01", "term_years": 3})
    assert moved(list(simulate(COHORTS[1:2], old, new, TODAY))) == {
        "second": {"next_term_ends": ("2025-10-02", "2026-10-02")}
    }
    move = next(simulate(COHORTS[1:2], old, new, TODAY)).moves[0]
    assert "2年ずつ" in str(move.why_before)
    assert "3年" in str(move.why_after)


def test_dates_that_come_and_go() -> None:
    without = rulebook({"reports_per_year": 0})
    partner = [(registration("2022-04-01", partner="newcomer"), [report(2022)])]
    difference = next(simulate(partner, without, rulebook({}), TODAY))
    assert (difference.state_before, difference.state_after) == (State.NOTHING_DUE, State.DUE)
    assert moved([difference])["newcomer"] == {
        "reports_from": ("None", "2022-04-01"),
        "next_report_due": ("None", "2024-03-31"),
        "next_report_accepted_until": ("None", "2024-04-01"),
        "removable_from": ("None", "2025-04-01"),
    }
    assert all(move.why_before is None and move.why_after for move in difference.moves)


def test_a_change_that_touches_only_the_state() -> None:
    partner = [(registration("2022-04-01", partner="newcomer"), [report(2022)])]
    difference = next(simulate(partner, rulebook({}), rulebook({"report_window_days": 60}), TODAY))
    assert (difference.state_before, difference.state_after, difference.moves) == (State.DUE, State.NOTHING_DUE, ())


def test_every_date_of_the_timetable_is_compared() -> None:
    dates = {name for name in Timetable.__slots__ if name not in ("term_starts", "first_report_year")}
    assert set(LABELS) == dates


def test_a_late_partner_is_supposed_to_renew_today() -> None:
    row = timetable(COHORTS[1][0], KANAGAWA, [], day("2023-12-01"))
    assert (row.renewal_due, row.reports_from) == (day("2023-08-31"), day("2023-12-01"))
