"""The draw: what holds for every draw, that nobody is favoured, and the sentences that explain it."""

from collections import Counter
from itertools import pairwise, permutations
from math import factorial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.lottery import Entry, Outcome, draw, explain, lot_of

SLOTS = [1, 2, 3, 4]
Case = tuple[list[Entry], dict[int, int], str]


choices = st.lists(st.sampled_from(SLOTS), min_size=1, max_size=2, unique=True)
entries_of = st.dictionaries(st.integers(1, 10_000), choices, max_size=25).map(
    lambda found: [Entry(key, *chosen) for key, chosen in found.items()]
)
places_of = st.dictionaries(st.sampled_from(SLOTS), st.integers(0, 6))
cases = st.tuples(entries_of, places_of, st.text(min_size=1, max_size=40))


def by_key(outcomes: list[Outcome]) -> dict[int, int | None]:
    return {outcome.key: outcome.slot for outcome in outcomes}


@given(cases)
def test_nothing_is_given_that_is_not_there_or_was_not_wished(case: Case) -> None:
    entries, places, seed = case
    outcomes = draw(entries, places, seed)
    assert sorted(outcome.key for outcome in outcomes) == sorted(entry.key for entry in entries)
    given_places = Counter(outcome.slot for outcome in outcomes if outcome.slot)
    assert all(number <= places.get(slot, 0) for slot, number in given_places.items())
    wished = {entry.key: entry.choices for entry in entries}
    assert all(outcome.slot is None or outcome.slot in wished[outcome.key] for outcome in outcomes)


@given(cases)
def test_no_place_stays_empty_that_somebody_wished_who_got_nothing(case: Case) -> None:
    entries, places, seed = case
    won = by_key(draw(entries, places, seed))
    given_places = Counter(won.values())
    for entry in entries:
        if won[entry.key] is None:
            assert all(given_places[slot] == places.get(slot, 0) for slot in entry.choices)


@given(cases, st.randoms())
def test_it_replays_identically_in_whatever_order_the_entries_come(case: Case, chance: Random) -> None:
    entries, places, seed = case
    mixed = list(entries)
    chance.shuffle(mixed)
    assert draw(mixed, places, seed) == draw(entries, places, seed)


@given(cases)
def test_nobody_later_has_what_somebody_earlier_wished_more(case: Case) -> None:
    entries, places, seed = case
    outcomes = draw(entries, places, seed)
    wished = {entry.key: entry.choices for entry in entries}
    for number, outcome in enumerate(outcomes):
        choices = wished[outcome.key]
        better = choices[: choices.index(outcome.slot)] if outcome.slot else choices
        assert not {later.slot for later in outcomes[number + 1 :]} & set(better)


@given(cases)
def test_nobody_gains_by_naming_something_else(case: Case) -> None:
    """Whatever else they name, they do not get what they really wish more than by saying so."""
    entries, places, seed = case
    if not entries:
        return
    honest, others = entries[0], entries[1:]
    rank = {slot: number for number, slot in enumerate(honest.choices)}

    def result(entry: Entry) -> int:
        slot = by_key(draw([entry, *others], places, seed))[entry.key]
        return rank.get(slot, len(rank)) if slot else len(rank)

    best = result(honest)
    assert all(best <= result(Entry(honest.key, first, second)) for first, second in permutations(SLOTS, 2))


@given(cases)
def test_who_leaves_before_the_draw_changes_no_ones_turn(case: Case) -> None:
    entries, places, seed = case
    if not entries:
        return
    order = [outcome.key for outcome in draw(entries, places, seed)]
    rest = [outcome.key for outcome in draw(entries[1:], places, seed)]
    assert rest == [key for key in order if key != entries[0].key]


DRAWS = 6_000


@pytest.mark.parametrize("places", [1, 3, 7])
def test_every_entry_wins_as_often(places: int) -> None:
    """Over many seeds, each of ten wins in its share of the draws: five standard deviations, and always the same seeds."""
    entries = [Entry(key, 1) for key in (1, 2, 3, 10, 11, 500, 501, 10_000, 10_001, 999_999)]
    wins = Counter(one.key for seed in range(DRAWS) for one in draw(entries, {1: places}, f"s{seed}") if one.slot)
    share = places / len(entries)
    allowed = 5 * (DRAWS * share * (1 - share)) ** 0.5
    assert all(abs(wins[entry.key] - DRAWS * share) < allowed for entry in entries)


def test_every_order_is_as_likely() -> None:
    """Chi-square over the 24 orders of four entries: 23 degrees of freedom, one in ten thousand lies beyond 56."""
    entries = [Entry(key, 1) for key in range(1, 5)]
    orders = Counter(tuple(one.key for one in draw(entries, {}, f"s{seed}")) for seed in range(DRAWS))
    expected = DRAWS / factorial(4)
    assert sum((orders[one] - expected) ** 2 / expected for one in permutations(range(1, 5))) < 56


def test_a_second_choice_costs_nobody_their_first() -> None:
    """With and without one, the chance of the first choice is the same, entry by entry."""
    alone, both = [Entry(key, 1) for key in range(6)], [Entry(key, 1, 2) for key in range(6)]
    for seed in range(200):
        firsts = [key for key, slot in by_key(draw(alone, {1: 2, 2: 1}, str(seed))).items() if slot == 1]
        assert firsts == [key for key, slot in by_key(draw(both, {1: 2, 2: 1}, str(seed))).items() if slot == 1]


def test_a_lot_can_be_worked_out_by_hand() -> None:
    """printf 'seed:7' | sha256sum"""
    assert lot_of("seed", 7) == "0f1c63b88102f461803c0118ee3e89f1b31b928cd4bc21f5f6297cbb1544b76c"
    outcomes = draw([Entry(key, 1) for key in range(50)], {}, "seed")
    assert all(one.lot < other.lot for one, other in pairwise(outcomes))


def test_each_result_is_explained() -> None:
    entries = [Entry(key, 1, 2) for key in range(1, 5)]
    outcomes = draw(entries, {1: 1, 2: 2}, "seed")
    names = {1: "25日", 2: "26日"}
    first, second, third, last = (explain(outcome, names) for outcome in outcomes)
    assert first == [
        "抽選の順番は、4件のうちの1番目でした。",
        "第1希望（25日）：順番が来たとき、1件のうち1件が空いていたので、当選しました。",
    ]
    assert second[1:] == [
        "第1希望（25日）：1件とも、順番が先の方で埋まっていました。",
        "第2希望（26日）：順番が来たとき、2件のうち2件が空いていたので、当選しました。",
    ]
    assert "2件のうち1件が空いていた" in third[2]
    assert last[2] == "第2希望（26日）：2件とも、順番が先の方で埋まっていました。"
    [closed] = draw([Entry(1, 9)], {}, "seed")
    assert explain(closed, {9: "27日"})[1] == "第1希望（27日）：抽選のときに、空きがありませんでした。"
    assert explain(closed, {9: "27日"}, {9: 2})[1].endswith("このほかに2件が、抽選の前に取り置きから決まっていました。")
