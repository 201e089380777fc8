"""The draw of a consultation's places. Pure: the same entries, places and seed give the same result, in whatever order
they come, on any machine and with any version of Python; whoever has the seed can follow it by hand.

Each entry has a lot, the SHA-256 of the seed and its number. The smallest lot comes first and takes its first choice if
a place is left there, otherwise its second. So every entry has the same chance, what one entry names changes nobody's
turn, and nobody gains by naming anything but what they wish.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Entry:
    """An application, by its number, with the slots that it names."""

    key: int
    first: int
    second: int | None = None

    @property
    def choices(self) -> tuple[int, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)


@dataclass(frozen=True, slots=True)
class Try:
    """A choice when its turn came: how many places there were, and how many had gone to those before."""

    slot: int
    places: int
    taken: int

    @property
    def has_room(self) -> bool:
        return self.taken < self.places


@dataclass(frozen=True, slots=True)
class Outcome:
    key: int
    lot: str
    # The turn, from 1, and of how many.
    turn: int
    of: int
    tries: tuple[Try, ...]

    @property
    def slot(self) -> int | None:
        """What was won, if anything."""
        last = self.tries[-1]
        return last.slot if last.has_room else None


def lot_of(seed: str, key: int) -> str:
    return sha256(f"{seed}:{key}".encode()).hexdigest()


def draw(entries: Iterable[Entry], places: Mapping[int, int], seed: str) -> list[Outcome]:
    """In the order of the turns."""
    order = sorted((lot_of(seed, entry.key), entry.key, entry) for entry in entries)
    taken: Counter[int] = Counter()
    found = []
    for turn, (lot, key, entry) in enumerate(order, 1):
        tries: list[Try] = []
        for slot in entry.choices:
            tries.append(Try(slot, places.get(slot, 0), taken[slot]))
            if tries[-1].has_room:
                taken[slot] += 1
                break
        found.append(Outcome(key, lot, turn, len(order), tuple(tries)))
    return found


def explain(outcome: Outcome, names: Mapping[int, str], given: Mapping[int, int] | None = None) -> Sequence[str]:
    """In sentences, for whoever took part: their turn, and what became of each choice. `names` are those of the slots,
    `given` how many of their places staff had given before the draw.
    """
    lines = [_("抽選の順番は、%(of)d件のうちの%(turn)d番目でした。") % {"of": outcome.of, "turn": outcome.turn}]
    for number, one in enumerate(outcome.tries, 1):
        facts = {"number": number, "slot": names.get(one.slot, ""), "places": one.places, "taken": one.taken}
        facts["left"] = one.places - one.taken
        if one.has_room:
            text = _(
                "第%(number)d希望（%(slot)s）：順番が来たとき、%(places)d件のうち%(left)d件が空いていたので、当選しました。"
            )
        elif one.places:
            text = _("第%(number)d希望（%(slot)s）：%(places)d件とも、順番が先の方で埋まっていました。")
        else:
            text = _("第%(number)d希望（%(slot)s）：抽選のときに、空きがありませんでした。")
        lines.append(text % facts)
        if before := (given or {}).get(one.slot):
            lines[-1] += _("このほかに%d件が、抽選の前に取り置きから決まっていました。") % before
    return lines
