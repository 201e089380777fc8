"""What must hold for any partner under any rules: laws that no table can list."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.web.closed_days import ClosedDays
from portal.web.dates import fiscal_year_of
from renewals.facts import Extension, Pause, Registration, Report
from renewals.obligations import Obligations, obligations
from renewals.rulebook import CountsFrom, RenewalDue, Rulebook, Rules, TakesOver, TermKind
from renewals.states import State

FIRST, LAST = date(2019, 4, 1), date(2029, 12, 31)
days = st.dates(FIRST, LAST)
spans = st.integers(1, 200).map(lambda count: timedelta(days=count))


@st.composite
def rules(draw: st.DrawFn, effective_on: date) -> Rules:
    term = draw(st.sampled_from(TermKind))
    return Rules(
        name=f"要綱 {effective_on}",
        effective_on=effective_on,
        takes_over=draw(st.sampled_from(TakesOver)),
        terms_ending_from=draw(st.none() | st.just(effective_on - timedelta(days=60))),
        term=term,
        term_years=0 if term is TermKind.NONE else draw(st.integers(1, 3)),
        renewal_due=draw(st.sampled_from(RenewalDue)),
        renewal_due_days=draw(st.integers(0, 60)),
        renewal_counts_from=draw(st.sampled_from(CountsFrom)),
        expired_removable_after_months=draw(st.sampled_from([0, 12, 24])),
        reports_per_year=draw(st.sampled_from([0, 1, 1, 1, 2, 4])),
        first_year_cutoff=draw(st.sampled_from([None, (6, 30), (12, 31)])),
        report_due_months_after=draw(st.integers(0, 4)),
        report_window_days=draw(st.sampled_from([0, 30, 90])),
        empty_years_until_removable=draw(st.integers(0, 3)),
        removable_floor_months=draw(st.sampled_from([0, 24])),
        grace_days=draw(st.sampled_from([0, 30, 90])),
        closed=draw(st.sampled_from([ClosedDays(), ClosedDays(weekends=False), ClosedDays(holidays=False)])),
    )


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    starts = [FIRST, *draw(st.lists(days, max_size=2, unique=True))]
    return Rulebook([draw(rules(start)) for start in sorted(set(starts))])


@st.composite
def reports(draw: st.DrawFn, until: date) -> Report:
    """All that ever happened to it had happened by the day."""
    received_on = draw(st.dates(FIRST, until))
    returned_on = draw(st.none() | st.dates(received_on, until))
    return Report(
        received_on=received_on,
        fiscal_year=draw(st.none() | st.integers(fiscal_year_of(received_on) - 2, fiscal_year_of(received_on))),
        returned_on=returned_on,
        corrected_on=returned_on and draw(st.none() | st.dates(returned_on, until)),
        accepted_on=draw(st.none() | st.dates(received_on, until)),
    )


@st.composite
def extensions(draw: st.DrawFn, until: date) -> Extension:
    due_from, recorded_on = draw(days), draw(st.dates(FIRST, until))
    due_to = due_from + draw(spans)
    return Extension(
        due_from=due_from,
        due_to=due_to,
        until=due_to + draw(spans),
        reason="障害",
        recorded_on=recorded_on,
        withdrawn_on=draw(st.none() | st.dates(recorded_on, until)),
    )


@st.composite
def suspensions(draw: st.DrawFn, until: date) -> Pause:
    since = draw(st.dates(FIRST, until))
    return Pause(since, draw(st.none() | spans.map(lambda span: since + span)))


@st.composite
def removals(draw: st.DrawFn, approved: date, until: date) -> Pause:
    since = draw(st.dates(approved, until))
    return Pause(since, draw(st.none() | st.dates(since + timedelta(days=1), until)) if since < until else None)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Registration, Rulebook, list[Report], date]:
    """A partner and a day by which everything that is on record had been recorded."""
    today = draw(days)
    approved = draw(st.dates(FIRST, today))
    removed = draw(st.lists(removals(approved, today), max_size=1) | st.just([]) | st.just([]))
    again = draw(st.none() | st.dates(removed[0].since, today)) if removed else None
    return (
        Registration(
            partner="1",
            approvals=(approved, again) if again and again > approved else (approved,),
            removals=tuple(removed),
            earlier_renewals=draw(st.sampled_from([0, 0, 1])),
            extensions=tuple(draw(st.lists(extensions(today), max_size=2))),
            suspensions=tuple(draw(st.lists(suspensions(today), max_size=1))),
        ),
        draw(rulebooks()),
        draw(st.lists(reports(today), max_size=6)),
        today,
    )


world = given(worlds())
settings.register_profile("laws", max_examples=30, deadline=None)
settings.load_profile("laws")


@world
def test_tomorrow_is_what_today_foretold(drawn: tuple[Registration, Rulebook, list[Report], date]) -> None:
    """Without a new fact no date moves, and each day brings the state that was told a year before."""
    partner, rulebook, handed_in, today = drawn
    told = obligations(partner, rulebook, handed_in, today)
    for ahead in (1, 2, 7, 30, 31, 90, 180, 270, 365):
        then = obligations(partner, rulebook, handed_in, today + timedelta(days=ahead))
        assert then.state is told.state_on(then.today)
        before, after = dates_of(told), dates_of(then)
        assert {key: before[key] for key in before.keys() & after.keys()} == {
            key: after[key] for key in before.keys() & after.keys()
        }
        # Empty years are counted by the rules in force: a removal that a coming version allows or forbids is told too.
        assert told.removal == then.removal or told.reports_until or State.SUSPENDED in (told.state, then.state)


@world
def test_nothing_changes_before_the_day_that_was_named(
    drawn: tuple[Registration, Rulebook, list[Report], date],
) -> None:
    partner, rulebook, handed_in, today = drawn
    answer = obligations(partner, rulebook, handed_in, today)
    if answer.look_again_on is None:
        return
    for ahead in {1, 10, 100, (answer.look_again_on - today).days - 1}:
        then = obligations(partner, rulebook, handed_in, today + timedelta(days=ahead))
        if today <= then.today < answer.look_again_on:
            assert (then.state, then.duties, then.next_change) == (answer.state, answer.duties, answer.next_change)


@world
def test_what_follows_does_follow(drawn: tuple[Registration, Rulebook, list[Report], date]) -> None:
    partner, rulebook, handed_in, today = drawn
    answer = obligations(partner, rulebook, handed_in, today)
    if change := answer.next_change:
        assert change.on > today
        assert change.state is not answer.state
        assert answer.state_on(change.on - timedelta(days=1)) is answer.state
        assert obligations(partner, rulebook, handed_in, change.on).state is change.state


@given(worlds(), st.data())
def test_more_time_never_takes_time_away(
    drawn: tuple[Registration, Rulebook, list[Report], date], data: st.DataObject
) -> None:
    partner, rulebook, handed_in, today = drawn
    more = replace(data.draw(extensions(today)), withdrawn_on=None)
    before = obligations(partner, rulebook, handed_in, today)
    after = obligations(replace(partner, extensions=(*partner.extensions, more)), rulebook, handed_in, today)
    assert all(dates_of(after)[key] >= old for key, old in dates_of(before).items() if key in dates_of(after))
    if before.removal and after.removal:
        assert before.removal.on <= after.removal.on
    assert rank(after, today) <= rank(before, today)


@given(worlds(), st.data())
def test_an_annual_report_never_makes_anything_worse(
    drawn: tuple[Registration, Rulebook, list[Report], date], data: st.DataObject
) -> None:
    """Neither today nor on any later day."""
    partner, rulebook, handed_in, today = drawn
    year = fiscal_year_of(today)
    more = Report(received_on=today, fiscal_year=data.draw(st.integers(year - 2, year)))
    for ahead in (0, 1, 30, 100, 365, 500, 800, 1100):
        day = today + timedelta(days=ahead)
        without, with_it = (obligations(partner, rulebook, given, day) for given in (handed_in, [*handed_in, more]))
        assert rank(with_it, day) <= rank(without, day)
        if without.removal and with_it.removal:
            assert without.removal.on <= with_it.removal.on


@world
def test_a_renewal_never_makes_anything_worse(drawn: tuple[Registration, Rulebook, list[Report], date]) -> None:
    """An expired term is worse than anything that may be owed after it: the registration does not hold."""
    partner, rulebook, handed_in, today = drawn
    before = obligations(partner, rulebook, handed_in, today)
    if before.renewal is None or before.renewal.opens_on > today:
        return
    after = obligations(partner, rulebook, [*handed_in, Report(received_on=today)], today)
    assert rank(after, today) <= rank(before, today)
    assert after.renewal is None or after.renewal.key != before.renewal.key


@world
def test_removal_is_never_automatic(drawn: tuple[Registration, Rulebook, list[Report], date]) -> None:
    partner, rulebook, handed_in, today = drawn
    partner = replace(partner, removals=())
    for ahead in range(0, 4000, 200):
        assert obligations(partner, rulebook, handed_in, today + timedelta(days=ahead)).state is not State.REMOVED


@world
def test_nobody_is_removable_while_a_report_that_counts_is_accepted(
    drawn: tuple[Registration, Rulebook, list[Report], date],
) -> None:
    partner, rulebook, handed_in, today = drawn
    answer = obligations(partner, rulebook, handed_in, today)
    if answer.removal:
        assert answer.removal.grace_from <= answer.removal.on
        counting = [duty for duty in answer.reports if duty.fiscal_year in answer.removal.empty_years]
        assert all(duty.accepted_until < answer.removal.grace_from for duty in counting)
        if answer.removal.expired_term:
            assert answer.renewal.stops_on < answer.removal.grace_from


@world
def test_no_state_hides_what_can_be_done(drawn: tuple[Registration, Rulebook, list[Report], date]) -> None:
    partner, rulebook, handed_in, today = drawn
    answer = obligations(partner, rulebook, handed_in, today)
    idle = {State.NOTHING_DUE, State.SUSPENDED, State.NOT_REGISTERED, State.REMOVED}
    assert bool(answer.duties) is (answer.state not in idle)


def dates_of(answer: Obligations) -> dict[str, date]:
    return {
        f"{duty.key} {name}": getattr(duty, name)
        for duty in answer.all_duties
        for name in ("opens_on", "due_on", "accepted_until", "last_day")
    }


def rank(answer: Obligations, day: date) -> int:
    """From good to bad. Without a valid registration a partner is worse off than with one that may be removed."""
    state = answer.state_on(day)
    if answer.renewal and day > answer.renewal.stops_on and state is not State.SUSPENDED:
        return 10 + [State.TERM_EXPIRED, State.GRACE, State.REMOVABLE].index(state)
    order = [State.SUSPENDED, State.NOTHING_DUE, State.DUE, State.OVERDUE, State.GRACE, State.REMOVABLE, State.REMOVED]
    return order.index(state)
