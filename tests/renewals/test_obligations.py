"""What a partner owes from day to day: annual reports, returns, extensions, suspensions, removal and coming back."""

import pytest

from renewals.facts import DutyKind, Report
from renewals.obligations import Change
from renewals.states import State
from tests.renewals.build import (
    KANAGAWA,
    KANAGAWA_STRICT,
    NAGANO,
    TWO_IN_A_ROW,
    day,
    extension,
    owed,
    pause,
    registration,
    renewal,
    report,
    rulebook,
)

# Under the new rules from 1 April 2024 on, by approval: each year counts from its first day.
PARTNER = registration("2024-04-01")


@pytest.mark.parametrize(
    ("today", "state", "keys"),
    [
        ("2024-03-31", State.NOT_REGISTERED, []),
        ("2024-04-01", State.DUE, ["report:2024:1"]),
        ("2025-03-31", State.DUE, ["report:2024:1"]),
        ("2025-04-01", State.OVERDUE, ["report:2024:1", "report:2025:1"]),
        ("2026-03-31", State.OVERDUE, ["report:2024:1", "report:2025:1"]),
        ("2026-04-01", State.REMOVABLE, ["report:2024:1", "report:2025:1", "report:2026:1"]),
        ("2031-12-01", State.REMOVABLE, ["report:2029:1", "report:2030:1", "report:2031:1"]),
    ],
)
def test_who_never_reports(today: str, state: State, keys: list[str]) -> None:
    answer = owed(PARTNER, KANAGAWA, [], today)
    assert answer.state is state
    assert [duty.key for duty in answer.duties] == keys


def test_the_first_report_of_a_year_is_enough() -> None:
    answer = owed(PARTNER, KANAGAWA, [report(2024, "2024-06-01")], "2024-06-01")
    assert (answer.state, answer.duties) == (State.NOTHING_DUE, ())
    assert answer.next_duty.key == "report:2025:1"
    more = [report(2024, "2024-06-01"), report(2024, "2024-07-01"), report(2024, "2025-01-01")]
    assert owed(PARTNER, KANAGAWA, more, "2025-04-01").removal == answer.removal


def test_what_follows() -> None:
    follows = [
        ("2024-05-01", Change(day("2025-04-01"), State.OVERDUE)),
        ("2025-05-01", Change(day("2026-04-01"), State.REMOVABLE)),
        ("2026-05-01", None),
    ]
    assert [owed(PARTNER, KANAGAWA, [], today).next_change for today, then in follows] == [
        then for today, then in follows
    ]


def test_a_late_report_ends_the_delay_and_the_danger() -> None:
    answer = owed(PARTNER, KANAGAWA, [report(2024, "2025-09-01")], "2025-09-01")
    assert answer.state is State.DUE
    assert answer.removal.on == day("2027-04-01")


def test_a_report_for_a_later_year_closes_the_gap_before_it() -> None:
    answer = owed(PARTNER, KANAGAWA, [report(2025, "2025-09-01")], "2025-09-01")
    assert (answer.state, answer.duties) == (State.NOTHING_DUE, ())
    assert answer.removal.empty_years == (2026, 2027)


def test_whoever_is_removable_reports_and_is_not() -> None:
    answer = owed(PARTNER, KANAGAWA, [report(2025, "2026-06-01")], "2026-06-01")
    assert answer.state is State.DUE
    assert answer.removal.on == day("2028-04-01")


def test_after_a_report_two_empty_years_count_from_there() -> None:
    reports = [report(2024), report(2025)]
    assert owed(PARTNER, KANAGAWA, reports, "2027-05-01").state is State.OVERDUE
    assert owed(PARTNER, KANAGAWA, reports, "2028-03-31").state is State.OVERDUE
    assert owed(PARTNER, KANAGAWA, reports, "2028-04-01").state is State.REMOVABLE


def test_not_removable_while_a_report_that_counts_is_accepted() -> None:
    """31 March 2029 is a Saturday: accepted until Monday, 2 April."""
    answer = owed(registration("2027-04-01"), KANAGAWA, [], "2029-04-01")
    assert (answer.state, answer.removal.on) == (State.OVERDUE, day("2029-04-03"))
    assert owed(registration("2027-04-01"), KANAGAWA, [], "2029-04-03").state is State.REMOVABLE


@pytest.mark.parametrize(
    ("approved", "first_a", "first_b", "removable_a", "removable_b"),
    [
        ("2024-06-30", 2024, 2024, "2026-06-30", "2026-04-01"),
        ("2024-07-01", 2025, 2024, "2027-04-01", "2026-04-01"),
        ("2025-03-31", 2025, 2024, "2027-04-01", "2026-04-01"),
        ("2024-02-29", 2024, 2023, "2026-04-01", "2025-04-01"),
        # The 24 months of a 29 February are over when 1 March comes.
        ("2028-02-29", 2028, 2027, "2030-04-02", "2029-04-03"),
    ],
)
def test_the_first_reportable_year(
    approved: str, first_a: int, first_b: int, removable_a: str, removable_b: str
) -> None:
    a = owed(registration(approved), KANAGAWA, [], approved)
    b = owed(registration(approved), KANAGAWA_STRICT, [], approved)
    assert (a.first_year, b.first_year) == (first_a, first_b)
    assert (a.removal.on, b.removal.on) == (day(removable_a), day(removable_b))


def test_a_report_for_a_year_before_the_first_is_welcome_and_changes_nothing() -> None:
    partner = registration("2024-07-01")
    without, with_it = (owed(partner, KANAGAWA, reports, "2025-02-01") for reports in ([], [report(2024)]))
    assert with_it.state is without.state is State.NOTHING_DUE
    assert with_it.removal == without.removal


class TestSeveralReportsAYear:
    rules = rulebook({"reports_per_year": 2, "report_window_days": 60})

    @pytest.mark.parametrize(
        ("reports", "today", "state", "keys"),
        [
            ([], "2024-07-01", State.NOTHING_DUE, []),
            ([], "2024-09-30", State.DUE, ["report:2024:1"]),
            ([], "2024-10-01", State.OVERDUE, ["report:2024:1"]),
            ([report(2024, "2024-08-01")], "2024-10-01", State.NOTHING_DUE, []),
            ([report(2024, "2024-08-01")], "2025-02-01", State.DUE, ["report:2024:2"]),
            ([report(2024, "2024-08-01"), report(2024, "2024-08-02")], "2025-03-31", State.NOTHING_DUE, []),
            ([report(2024, "2024-08-01")], "2025-04-01", State.OVERDUE, ["report:2024:2"]),
            # One report keeps the year from being empty.
            (
                [report(2024, "2024-08-01")],
                "2026-04-01",
                State.OVERDUE,
                ["report:2024:2", "report:2025:1", "report:2025:2"],
            ),
        ],
    )
    def test_each_part_has_its_date(self, reports: list[Report], today: str, state: State, keys: list[str]) -> None:
        answer = owed(PARTNER, self.rules, reports, today)
        assert (answer.state, [duty.key for duty in answer.duties]) == (state, keys)

    def test_parts_before_the_approval_are_not_asked_for(self) -> None:
        answer = owed(registration("2024-10-01"), self.rules, [], "2024-10-01")
        assert [duty.key for duty in answer.reports][:2] == ["report:2024:2", "report:2025:1"]

    def test_more_reports_from_the_next_year_on(self) -> None:
        rules = rulebook({}, {"reports_per_year": 2, "effective_on": "2024-10-01"})
        answer = owed(PARTNER, rules, [], "2024-12-01")
        assert [duty.key for duty in answer.reports] == ["report:2024:1", "report:2025:1", "report:2025:2"]


class TestTwoConsecutiveYears:
    """Due four months after the year; two missed deadlines in a row; ninety days of grace."""

    @pytest.mark.parametrize(
        ("today", "state"),
        [
            ("2025-07-31", State.DUE),
            ("2025-08-01", State.OVERDUE),
            ("2026-07-31", State.OVERDUE),
            ("2026-08-01", State.GRACE),
            ("2026-10-29", State.GRACE),
            ("2026-10-30", State.REMOVABLE),
        ],
    )
    def test_stages(self, today: str, state: State) -> None:
        answer = owed(PARTNER, TWO_IN_A_ROW, [], today)
        assert answer.state is state
        # Whatever the state, what is missing can be handed in.
        assert "report:2025:1" in [duty.key for duty in answer.duties]

    def test_one_report_between_two_gaps(self) -> None:
        assert owed(PARTNER, TWO_IN_A_ROW, [report(2025, "2026-07-01")], "2027-08-02").state is State.DUE
        assert owed(PARTNER, TWO_IN_A_ROW, [report(2025, "2026-07-01")], "2027-08-03").state is State.OVERDUE

    def test_the_grace_ends_with_a_report(self) -> None:
        assert owed(PARTNER, TWO_IN_A_ROW, [report(2024, "2026-09-01")], "2026-09-01").state is State.OVERDUE
        assert owed(PARTNER, TWO_IN_A_ROW, [report(2025, "2026-09-01")], "2026-09-01").state is State.DUE


class TestTermWithReports:
    """Nagano: a report a year and a renewal every three years."""

    partner = registration("2022-05-10")

    def test_both_are_owed(self) -> None:
        answer = owed(self.partner, NAGANO, [report(2022), report(2023)], "2025-03-20")
        assert [duty.key for duty in answer.duties] == ["renewal:2022-05-10", "report:2024:1"]

    def test_reporting_goes_on_over_a_renewal(self) -> None:
        reports = [report(2022), report(2023), renewal("2025-04-01")]
        answer = owed(self.partner, NAGANO, reports, "2025-06-01")
        assert answer.reports_from == day("2022-05-10")
        assert [duty.key for duty in answer.duties] == ["report:2024:1", "report:2025:1"]

    def test_after_an_expired_term_only_the_renewal_helps(self) -> None:
        answer = owed(self.partner, NAGANO, [report(2022), report(2023)], "2025-05-10")
        assert answer.state is State.TERM_EXPIRED
        assert [duty.key for duty in answer.duties] == ["renewal:2022-05-10"]

    def test_a_late_renewal_begins_reporting_anew(self) -> None:
        answer = owed(self.partner, NAGANO, [renewal("2026-01-15")], "2026-01-15")
        assert (answer.reports_from, answer.first_year) == (day("2026-01-15"), 2025)
        assert answer.state is State.DUE

    def test_two_empty_years_count_before_the_term_is_over(self) -> None:
        # Due a month after the year; 30 April 2024 is a Tuesday.
        assert owed(self.partner, NAGANO, [], "2024-05-01").state is State.REMOVABLE


class TestExpiredTerm:
    partner = registration("2019-10-03", cohort="2", earlier_renewals=1)

    @pytest.mark.parametrize(
        ("today", "state"),
        [
            ("2023-07-31", State.NOTHING_DUE),
            ("2023-08-01", State.DUE),
            ("2023-08-31", State.DUE),
            ("2023-09-01", State.OVERDUE),
            ("2023-10-02", State.OVERDUE),
            ("2023-10-03", State.TERM_EXPIRED),
            ("2025-10-02", State.TERM_EXPIRED),
            ("2025-10-03", State.REMOVABLE),
        ],
    )
    def test_stages(self, today: str, state: State) -> None:
        answer = owed(self.partner, KANAGAWA, [], today)
        assert answer.state is state
        assert [duty.key for duty in answer.duties] == ([] if state is State.NOTHING_DUE else ["renewal:2021-10-03"])

    def test_without_such_a_rule_it_stays_recoverable(self) -> None:
        rules = rulebook({"term": "years", "term_years": 2, "reports_per_year": 0})
        answer = owed(self.partner, rules, [], "2099-01-01")
        assert (answer.state, answer.removal) == (State.TERM_EXPIRED, None)


class TestReturned:
    """Sending in time protects; what was returned may be put right within 30 days."""

    def test_a_returned_report_holds_the_deadline_open(self) -> None:
        reports = [report(2024, "2025-03-30", returned_on="2025-04-10")]
        assert owed(PARTNER, KANAGAWA, reports, "2025-04-09").state is State.DUE  # for 2025
        answer = owed(PARTNER, KANAGAWA, reports, "2025-04-10")
        assert (answer.duties[0].key, answer.duties[0].due_on) == ("report:2024:1", day("2025-05-12"))
        assert answer.state is State.DUE
        assert owed(PARTNER, KANAGAWA, reports, "2025-05-13").state is State.OVERDUE

    def test_put_right_in_time_it_counts_as_if_it_had_been_right(self) -> None:
        returned = renewal("2024-04-05", returned_on="2024-05-01", corrected_on="2024-05-31")
        partner = registration("2020-04-13", earlier_renewals=1)
        answer = owed(partner, KANAGAWA, [returned], "2024-05-31")
        assert answer.reports_from == day("2024-04-13")

    def test_put_right_too_late_it_counts_from_that_day(self) -> None:
        returned = renewal("2024-04-05", returned_on="2024-05-01", corrected_on="2024-06-03")
        partner = registration("2020-04-13", earlier_renewals=1)
        assert owed(partner, KANAGAWA, [returned], "2024-05-31").state is State.DUE
        assert owed(partner, KANAGAWA, [returned], "2024-06-01").state is State.TERM_EXPIRED
        assert owed(partner, KANAGAWA, [returned], "2024-06-03").reports_from == day("2024-06-03")

    def test_a_return_early_in_the_window_takes_no_time_away(self) -> None:
        answer = owed(PARTNER, KANAGAWA, [report(2024, "2024-05-01", returned_on="2024-05-02")], "2024-05-02")
        assert answer.duties[0].due_on == day("2025-03-31")

    def test_not_removable_while_a_correction_is_awaited(self) -> None:
        reports = [report(2025, "2026-03-31", returned_on="2026-04-20")]
        assert owed(PARTNER, KANAGAWA, reports, "2026-04-20").state is State.OVERDUE  # for 2024
        assert owed(PARTNER, KANAGAWA, reports, "2026-05-20").state is State.OVERDUE
        assert owed(PARTNER, KANAGAWA, reports, "2026-05-21").state is State.REMOVABLE

    def test_a_hidden_report_counts(self) -> None:
        hidden = [report(2024, hidden_on="2025-02-05")]
        assert owed(PARTNER, KANAGAWA, hidden, "2025-03-01").state is State.NOTHING_DUE


class TestEnteredByStaff:
    late_entry = [report(2024, "2025-03-25", entered_on="2025-06-10")]

    def test_the_day_on_which_the_letter_came_counts(self) -> None:
        assert [duty.key for duty in owed(PARTNER, KANAGAWA, self.late_entry, "2025-06-10").duties] == ["report:2025:1"]

    def test_a_past_day_is_answered_as_it_was(self) -> None:
        assert owed(PARTNER, KANAGAWA, self.late_entry, "2025-06-09").state is State.OVERDUE

    def test_past_years_may_be_entered(self) -> None:
        reports = [report(2024, "2026-05-01"), report(2025, "2026-05-01")]
        assert owed(PARTNER, KANAGAWA, reports, "2026-05-01").state is State.DUE


class TestExtension:
    outage = extension("2025-03-20", "2025-03-31", "2025-04-30", "2025-04-01")

    def test_one_action_moves_the_deadline_for_all_whom_it_meets(self) -> None:
        answer = owed(registration("2024-04-01", extensions=(self.outage,)), KANAGAWA, [], "2025-04-01")
        assert (answer.state, answer.duties[0].due_on) == (State.DUE, day("2025-04-30"))
        later = owed(registration("2025-04-01", extensions=(self.outage,)), KANAGAWA, [], "2025-04-01")
        assert later.duties[0].due_on == day("2026-03-31")

    def test_before_it_was_recorded_nothing_had_moved(self) -> None:
        answer = owed(registration("2024-04-01", extensions=(self.outage,)), KANAGAWA, [], "2025-03-31")
        assert answer.duties[0].due_on == day("2025-03-31")

    def test_it_can_be_taken_back(self) -> None:
        taken_back = extension("2025-03-20", "2025-03-31", "2025-04-30", "2025-04-01", withdrawn_on=day("2025-04-15"))
        partner = registration("2024-04-01", extensions=(taken_back,))
        assert owed(partner, KANAGAWA, [], "2025-04-14").state is State.DUE
        assert owed(partner, KANAGAWA, [], "2025-04-15").state is State.OVERDUE

    @pytest.mark.parametrize(("kind", "moved"), [(DutyKind.RENEWAL, False), (DutyKind.REPORT, True), (None, True)])
    def test_it_may_be_about_one_kind(self, kind: DutyKind | None, moved: bool) -> None:
        partner = registration(
            "2024-04-01", extensions=(extension("2025-03-31", "2025-03-31", "2025-04-30", "2025-04-01", kind=kind),)
        )
        assert (owed(partner, KANAGAWA, [], "2025-04-01").duties[0].due_on == day("2025-04-30")) is moved

    def test_the_latest_of_several_holds_in_any_order(self) -> None:
        longer = extension("2025-03-31", "2025-03-31", "2025-05-30", "2025-04-02")
        for both in ((self.outage, longer), (longer, self.outage)):
            answer = owed(registration("2024-04-01", extensions=both), KANAGAWA, [], "2025-04-10")
            assert (answer.duties[0].due_on, answer.duties[0].moved_by) == (day("2025-05-30"), longer)

    def test_time_asked_for_holds_the_removal_back(self) -> None:
        asked = extension("2026-03-31", "2026-03-31", "2026-06-30", "2026-04-10", reason="担当者の交代")
        partner = registration("2024-04-01", extensions=(asked,))
        assert owed(partner, KANAGAWA, [], "2026-04-09").state is State.REMOVABLE
        answer = owed(partner, KANAGAWA, [], "2026-04-10")
        assert (answer.state, answer.removal.on) == (State.OVERDUE, day("2026-07-01"))

    def test_an_extended_date_on_a_closed_day_waits_too(self) -> None:
        partner = registration(
            "2024-04-01", extensions=(extension("2025-03-31", "2025-03-31", "2025-05-03", "2025-04-01"),)
        )
        assert owed(partner, KANAGAWA, [], "2025-04-01").duties[0].accepted_until == day("2025-05-07")


class TestSuspension:
    """Nothing is asked while suspended; what fell into that time is due 30 days after it."""

    def test_while_its_end_is_open_no_date_is_told(self) -> None:
        partner = registration("2024-04-01", suspensions=(pause("2024-12-01"),))
        answer = owed(partner, KANAGAWA, [], "2025-05-01")
        assert (answer.state, answer.duties, answer.removal, answer.next_change) == (State.SUSPENDED, (), None, None)

    def test_a_deadline_inside_it_moves_behind_it(self) -> None:
        partner = registration("2024-04-01", suspensions=(pause("2025-03-01", "2025-06-01"),))
        assert owed(partner, KANAGAWA, [], "2025-05-31").state is State.SUSPENDED
        answer = owed(partner, KANAGAWA, [], "2025-06-01")
        assert (answer.state, answer.duties[0].due_on) == (State.DUE, day("2025-07-01"))

    def test_a_deadline_outside_stays(self) -> None:
        partner = registration("2024-04-01", suspensions=(pause("2024-06-01", "2024-09-01"),))
        assert owed(partner, KANAGAWA, [], "2024-09-01").duties[0].due_on == day("2025-03-31")

    def test_a_term_does_not_expire_meanwhile(self) -> None:
        partner = registration("2020-10-19", earlier_renewals=1, suspensions=(pause("2024-10-01", "2025-01-10"),))
        assert owed(partner, KANAGAWA, [], "2025-01-10").renewal.stops_on == day("2025-02-09")
        assert owed(partner, KANAGAWA, [], "2025-02-10").state is State.TERM_EXPIRED

    def test_nobody_becomes_removable_on_the_day_of_coming_back(self) -> None:
        partner = registration("2024-04-01", suspensions=(pause("2026-02-01", "2026-08-01"),))
        answer = owed(partner, KANAGAWA, [], "2026-08-01")
        assert (answer.state, answer.removal.on) == (State.OVERDUE, day("2026-09-01"))


class TestRemovalAndReturn:
    def test_only_a_decision_removes(self) -> None:
        assert owed(PARTNER, KANAGAWA, [], "2099-12-31").state is State.REMOVABLE
        decided = registration("2024-04-01", removals=(pause("2026-09-01"),))
        assert owed(decided, KANAGAWA, [], "2026-08-31").state is State.REMOVABLE
        answer = owed(decided, KANAGAWA, [], "2026-09-01")
        assert (answer.state, answer.duties, answer.next_change) == (State.REMOVED, (), None)

    def test_a_restored_partner_begins_anew(self) -> None:
        partner = registration("2024-04-01", removals=(pause("2026-09-01", "2027-02-01"),))
        answer = owed(partner, KANAGAWA, [], "2027-02-01")
        assert (answer.state, answer.first_year, answer.removal.on) == (State.NOTHING_DUE, 2027, day("2029-04-03"))

    def test_a_new_registration_begins_anew_and_the_old_stays_on_record(self) -> None:
        partner = registration("2024-04-01", "2027-05-10", removals=(pause("2026-09-01"),))
        assert owed(partner, KANAGAWA, [], "2027-05-09").state is State.REMOVED
        answer = owed(partner, KANAGAWA, [], "2027-05-10")
        assert (answer.state, answer.reports_from, answer.first_year) == (State.DUE, day("2027-05-10"), 2027)
        assert owed(partner, KANAGAWA, [], "2026-05-01").state is State.REMOVABLE

    def test_it_may_come_under_a_term_again(self) -> None:
        rules = rulebook({"term": "years", "term_years": 2, "reports_per_year": 0})
        partner = registration("2020-05-01", "2025-08-20", earlier_renewals=1, removals=(pause("2025-01-10"),))
        answer = owed(partner, rules, [], "2025-08-20")
        assert (answer.term.start, answer.term.end) == (day("2025-08-20"), day("2027-08-19"))


class TestNewVersion:
    def test_fewer_empty_years_from_a_day_on(self) -> None:
        rules = rulebook({}, {"effective_on": "2025-10-01", "empty_years_until_removable": 1})
        answer = owed(PARTNER, rules, [], "2025-05-01")
        assert answer.removal.on == day("2026-04-01")
        assert owed(PARTNER, rules, [report(2024)], "2026-02-01").removal.on == day("2026-04-01")
        assert owed(PARTNER, rulebook({}), [report(2024)], "2026-02-01").removal.on == day("2027-04-01")

    def test_reports_may_fall_away(self) -> None:
        rules = rulebook({}, {"effective_on": "2025-10-01", "reports_per_year": 0})
        answer = owed(PARTNER, rules, [], "2025-06-01")
        assert [duty.key for duty in answer.reports] == ["report:2024:1", "report:2025:1"]
        assert answer.removal is None
        assert answer.next_change == Change(day("2025-10-01"), State.NOTHING_DUE)
        assert owed(PARTNER, rules, [], "2025-10-01").state is State.NOTHING_DUE

    def test_reports_may_come_in_with_the_renewal(self) -> None:
        partner = registration("2022-12-22", cohort="7")
        assert owed(partner, KANAGAWA, [renewal("2024-11-30")], "2024-11-30").reports_from == day("2024-12-22")

    def test_zero_years_mean_never(self) -> None:
        answer = owed(PARTNER, rulebook({"empty_years_until_removable": 0}), [], "2040-05-01")
        assert (answer.state, answer.removal) == (State.OVERDUE, None)


def test_staff_may_correct_what_never_could_have_come() -> None:
    with pytest.raises(ValueError, match="まだ始まっていない年度"):
        report(2025, "2025-03-31")
    with pytest.raises(ValueError, match="差し戻していない報告"):
        report(2024, corrected_on="2025-02-02")
    with pytest.raises(ValueError, match="期限を延ばす理由"):
        extension("2025-03-31", "2025-03-31", "2025-04-30", "2025-04-01", reason=" ")
    with pytest.raises(ValueError, match="承認日"):
        registration()
