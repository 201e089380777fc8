"""Terms of several schemes, and what a renewal, a late one or a new version of the rules makes of them."""

import pytest

from renewals.rulebook import Rulebook
from renewals.states import State
from renewals.terms import term_of
from tests.renewals.build import KANAGAWA, NAGASAKI, SAITAMA, day, extension, owed, registration, renewal, rulebook

TWO_YEARS = {"term": "years", "term_years": 2, "reports_per_year": 0}
THREE_YEARS = {"term": "years", "term_years": 3, "reports_per_year": 0}
NO_TERM = {"reports_per_year": 1}


@pytest.mark.parametrize(
    ("rules", "approved", "ends"),
    [
        # As Nagasaki's page has it.
        (NAGASAKI, "2023-03-30", "2025-03-31"),
        (NAGASAKI, "2023-09-30", "2026-03-31"),
        (NAGASAKI, "2023-03-31", "2025-03-31"),
        # Two years have passed when 1 April 2025 begins; the next 31 March is a year away.
        (NAGASAKI, "2023-04-01", "2026-03-31"),
        (NAGASAKI, "2024-02-29", "2026-03-31"),
        # Three years, then to the end of the fiscal year.
        (SAITAMA, "2026-01-15", "2029-03-31"),
        (SAITAMA, "2026-03-31", "2029-03-31"),
        (SAITAMA, "2026-04-01", "2029-03-31"),
        (SAITAMA, "2026-04-02", "2030-03-31"),
        (SAITAMA, "2028-02-29", "2031-03-31"),
        (KANAGAWA, "2022-12-22", "2024-12-21"),
        (KANAGAWA, "2020-02-29", "2022-02-28"),
    ],
)
def test_the_first_term(rules: Rulebook, approved: str, ends: str) -> None:
    assert term_of(rules.versions[0], day(approved)).end == day(ends)


def test_a_row_of_terms_never_drifts() -> None:
    leap = [term_of(KANAGAWA.versions[0], day("2020-02-29"), number) for number in (1, 2, 3)]
    assert [term.end for term in leap] == [day("2022-02-28"), day("2024-02-28"), day("2026-02-28")]
    nagasaki = [term_of(NAGASAKI.versions[0], day("2023-09-30"), number) for number in (1, 2, 3)]
    assert [term.end for term in nagasaki] == [day("2026-03-31"), day("2028-03-31"), day("2030-03-31")]
    assert [term.start for term in nagasaki] == [day("2023-09-30"), day("2026-04-01"), day("2028-04-01")]


def test_nagasaki_renews_for_two_whole_years() -> None:
    partner = registration("2023-09-30")
    answer = owed(partner, NAGASAKI, [renewal("2026-03-20")], "2026-03-25")
    assert (answer.renewal.covers_from, answer.renewal.covers_to) == (day("2026-04-01"), day("2028-03-31"))
    assert answer.state is State.NOTHING_DUE


def test_saitama_is_due_at_the_month_end_sixty_days_before() -> None:
    answer = owed(registration("2026-01-15"), SAITAMA, [], "2028-12-05")
    assert answer.renewal.due_on == day("2028-12-31")
    # New Year and a weekend: Thursday 4 January 2029 is the next open day.
    assert answer.renewal.accepted_until == day("2029-01-04")
    assert answer.renewal.opens_on == day("2028-12-01")


def test_the_term_goes_on_from_its_end_when_the_renewal_came_early() -> None:
    rules = rulebook(TWO_YEARS)
    answer = owed(registration("2020-05-01"), rules, [renewal("2022-03-10")], "2022-03-11")
    assert (answer.renewal.covers_from, answer.renewal.covers_to) == (day("2022-05-01"), day("2024-04-30"))
    assert answer.term.end == day("2022-04-30")


def test_a_late_renewal_brings_the_registration_back_and_counts_anew() -> None:
    rules, partner = rulebook(TWO_YEARS), registration("2020-05-01")
    assert owed(partner, rules, [], "2022-04-30").state is State.OVERDUE
    assert owed(partner, rules, [], "2022-05-01").state is State.TERM_EXPIRED
    answer = owed(partner, rules, [renewal("2022-07-10")], "2022-07-10")
    assert answer.state is State.NOTHING_DUE
    assert answer.term.end == day("2024-07-09")


def test_a_late_renewal_starts_the_new_scheme_on_its_day() -> None:
    partner = registration("2019-10-03", earlier_renewals=1)
    answer = owed(partner, KANAGAWA, [renewal("2023-12-01")], "2023-12-01")
    assert answer.reports_from == day("2023-12-01")
    assert answer.first_year == 2024
    assert answer.removal.on == day("2026-04-01")


def test_a_renewal_before_the_window_does_not_count() -> None:
    partner = registration("2019-10-03", earlier_renewals=1)
    answer = owed(partner, KANAGAWA, [renewal("2023-07-31")], "2023-09-01")
    assert answer.state is State.OVERDUE


def test_two_receipts_in_one_window_renew_once() -> None:
    rules = rulebook(TWO_YEARS)
    answer = owed(registration("2020-05-01"), rules, [renewal("2022-03-10"), renewal("2022-03-20")], "2022-06-01")
    assert answer.term.end == day("2024-04-30")
    assert answer.state is State.NOTHING_DUE


def test_acceptance_may_be_what_begins_the_next_period_but_receipt_protects() -> None:
    rules = rulebook(TWO_YEARS | {"renewal_counts_from": "acceptance"}, NO_TERM | {"effective_on": "2021-01-01"})
    partner = registration("2020-05-01")
    waiting = owed(partner, rules, [renewal("2022-04-20")], "2022-05-10")
    assert waiting.state is State.DUE and waiting.renewal is None
    assert waiting.reports_from == day("2022-05-01")
    accepted = owed(partner, rules, [renewal("2022-04-20", accepted_on="2022-06-02")], "2022-06-02")
    assert accepted.reports_from == day("2022-06-02")


def test_the_hard_stop_does_not_wait_for_the_next_open_day() -> None:
    """30 April 2022 is a Saturday, in the middle of the holidays."""
    rules = rulebook(TWO_YEARS | {"renewal_due": "days_before", "renewal_due_days": 0})
    answer = owed(registration("2020-05-01"), rules, [], "2022-04-30")
    assert answer.renewal.due_on == answer.renewal.accepted_until == answer.renewal.stops_on == day("2022-04-30")
    assert answer.state is State.DUE
    assert owed(registration("2020-05-01"), rules, [], "2022-05-01").state is State.TERM_EXPIRED


def test_more_time_reaches_beyond_the_end_of_the_term() -> None:
    partner = registration(
        "2020-05-01", extensions=(extension("2022-03-01", "2022-04-30", "2022-05-31", "2022-04-20"),)
    )
    rules = rulebook(TWO_YEARS)
    answer = owed(partner, rules, [], "2022-05-20")
    assert (answer.state, answer.renewal.stops_on) == (State.DUE, day("2022-05-31"))
    assert answer.term.end == day("2022-04-30")
    assert owed(partner, rules, [], "2022-06-01").state is State.TERM_EXPIRED


class TestNewVersion:
    def test_a_running_term_ends_under_the_rules_it_began_with(self) -> None:
        rules = rulebook(TWO_YEARS, THREE_YEARS | {"effective_on": "2021-01-01"})
        partner = registration("2020-05-01")
        assert owed(partner, rules, [], "2022-03-01").renewal.covers_to == day("2022-04-30")
        renewed = owed(partner, rules, [renewal("2022-03-15")], "2022-03-20")
        assert renewed.renewal.covers_to == day("2025-04-30")

    def test_whoever_is_approved_later_comes_under_it_at_once(self) -> None:
        rules = rulebook(TWO_YEARS, THREE_YEARS | {"effective_on": "2021-01-01"})
        assert owed(registration("2020-12-31"), rules, [], "2021-02-01").term.end == day("2022-12-30")
        assert owed(registration("2021-01-01"), rules, [], "2021-02-01").term.end == day("2023-12-31")

    def test_a_version_that_takes_over_at_once_makes_the_running_term_longer(self) -> None:
        rules = rulebook(TWO_YEARS, THREE_YEARS | {"effective_on": "2021-01-01", "takes_over": "at_once"})
        answer = owed(registration("2020-05-01"), rules, [], "2021-01-01")
        assert (answer.term.start, answer.term.end) == (day("2020-05-01"), day("2023-04-30"))
        renewed = owed(registration("2020-05-01"), rules, [renewal("2023-03-10")], "2023-05-01")
        assert renewed.term.end == day("2026-04-30")

    def test_but_never_shorter(self) -> None:
        rules = rulebook(THREE_YEARS, TWO_YEARS | {"effective_on": "2021-01-01", "takes_over": "at_once"})
        assert owed(registration("2020-05-01"), rules, [], "2021-01-01").term.end == day("2023-04-30")
        renewed = owed(registration("2020-05-01"), rules, [renewal("2023-03-10")], "2023-05-01")
        assert renewed.term.end == day("2025-04-30")

    def test_a_term_may_fall_away(self) -> None:
        rules = rulebook(TWO_YEARS, NO_TERM | {"effective_on": "2021-07-01", "takes_over": "at_once"})
        before = owed(registration("2020-05-01"), rules, [], "2021-06-30")
        assert before.renewal is None and before.reports_from == day("2021-07-01")
        assert before.state is State.NOTHING_DUE
        assert owed(registration("2020-05-01"), rules, [], "2021-07-01").state is State.DUE

    def test_who_has_renewed_already_is_not_taken_over(self) -> None:
        rules = rulebook(TWO_YEARS, THREE_YEARS | {"effective_on": "2022-04-01", "takes_over": "at_once"})
        renewed = owed(registration("2020-05-01"), rules, [renewal("2022-03-15")], "2022-04-15")
        assert renewed.term.end == day("2022-04-30")
        assert renewed.renewal.covers_to == day("2025-04-30")

    def test_an_expired_term_is_not_revived(self) -> None:
        rules = rulebook(TWO_YEARS, NO_TERM | {"effective_on": "2023-01-01", "takes_over": "at_once"})
        assert owed(registration("2020-05-01"), rules, [], "2023-02-01").state is State.TERM_EXPIRED

    def test_terms_may_come_in(self) -> None:
        rules = rulebook(NO_TERM, TWO_YEARS | {"effective_on": "2024-04-01"})
        answer = owed(registration("2020-05-01"), rules, [], "2024-04-01")
        assert (answer.term.start, answer.term.end) == (day("2024-04-01"), day("2026-03-31"))
        assert answer.reports == ()
