"""A draw that was held, followed again from what it was held with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meetings.lottery import Entry, Outcome, draw, explain
from meetings.models import Consultation, Draw, Reservation, Slot


def entries_of(held: Draw) -> tuple[list[Entry], dict[int, int]]:
    places = {int(slot): number for slot, number in held.data["places"].items()}
    return [Entry(*row) for row in held.data["entries"]], places


def given_before(held: Draw) -> dict[int, int]:
    """How many places of a slot staff had given before, out of those that were held back."""
    return {int(slot): number for slot, number in held.data["given"].items()}


def as_data(
    entries: Sequence[Entry], places: Mapping[int, int], given: Mapping[int, int], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """What goes into the draw's row, and what it gave."""
    return {
        "places": {str(slot): number for slot, number in places.items()},
        "given": {str(slot): number for slot, number in given.items()},
        "entries": [[entry.key, entry.first, entry.second] for entry in entries],
        "result": _result(outcomes),
    }


def _result(outcomes: Sequence[Outcome]) -> list[list[int | None]]:
    return [[outcome.key, outcome.slot] for outcome in outcomes]


def is_reproduced(held: Draw) -> bool:
    """Whether following it again gives what was told."""
    return bool(_result(outcomes_of(held)) == held.data["result"])


def outcomes_of(held: Draw) -> list[Outcome]:
    """The same every time."""
    return draw(*entries_of(held), held.seed)


def slot_names(consultation: Consultation) -> dict[int, str]:
    """In the reader's language."""
    return {slot.pk: slot.in_words for slot in Slot.objects.filter(consultation=consultation)}


@dataclass(frozen=True)
class Proof:
    """What one applicant needs to follow the draw by hand."""

    draw: Draw
    outcome: Outcome
    reasons: Sequence[str]


def proof_for(reservation: Reservation) -> Proof | None:
    """None if it was not in a draw."""
    if reservation.turn is None:
        return None
    held = Draw.objects.get(consultation=reservation.consultation_id)
    outcome = next(one for one in outcomes_of(held) if one.key == reservation.pk)
    return Proof(held, outcome, explain(outcome, slot_names(reservation.consultation), given_before(held)))


@dataclass(frozen=True)
class Drawn:
    """One line of the list that staff see: in the order of the turns."""

    outcome: Outcome
    reservation: Reservation
    reasons: Sequence[str]
    won: str


def drawn(held: Draw) -> list[Drawn]:
    names, given = slot_names(held.consultation), given_before(held)
    reservations: Mapping[int, Reservation] = {
        one.pk: one for one in Reservation.objects.filter(consultation=held.consultation_id).with_all()
    }
    return [
        Drawn(outcome, reservations[outcome.key], explain(outcome, names, given), names.get(outcome.slot or 0, ""))
        for outcome in outcomes_of(held)
    ]
