from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from meetings.rooms import Guest, divide

guests = st.lists(
    st.builds(Guest, st.integers(0, 10_000), st.integers(1, 8), st.sampled_from(["E", "I", "P", ""])),
    max_size=60,
    unique_by=lambda guest: guest.key,
)


@given(guests, st.integers(1, 12), st.integers(0, 99), st.booleans())
def test_everybody_has_one_room_and_rooms_are_even(people: list[Guest], rooms: int, seed: int, mixes: bool) -> None:
    found = divide(people, rooms, seed, mixes_industries=mixes)
    assert Counter(guest.key for room in found for guest in room) == Counter(guest.key for guest in people)
    assert len(found) == rooms
    assert max(map(len, found)) - min(map(len, found)) <= 1


@given(guests, st.integers(1, 12), st.integers(0, 99))
def test_the_same_seed_gives_the_same_rooms(people: list[Guest], rooms: int, seed: int) -> None:
    assert divide(people, rooms, seed, mixes_industries=True) == divide(
        people[::-1], rooms, seed, mixes_industries=True
    )


def test_colleagues_are_apart() -> None:
    people = [Guest(number, number % 4) for number in range(16)]
    for room in divide(people, 4, 1, mixes_industries=False):
        assert len({guest.partner for guest in room}) == 4


def test_industries_are_mixed() -> None:
    people = [Guest(number, number, "EIPK"[number % 4]) for number in range(16)]
    for room in divide(people, 4, 1, mixes_industries=True):
        assert len({guest.industry for guest in room}) == 4


def test_another_seed_gives_other_rooms() -> None:
    people = [Guest(number, number) for number in range(40)]
    assert divide(people, 8, 1, mixes_industries=False) != divide(people, 8, 2, mixes_industries=False)
