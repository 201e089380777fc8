"""The simulator over the tables: whose dates move if a version is decided. Reads, and writes nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from partners.models import Partner
from renewals.models import RuleVersion
from renewals.queries.records import records_of, rulebook
from renewals.rulebook import Rulebook
from renewals.simulator import LABELS, Difference, simulate
from renewals.states import LABELS as STATES

# What a page works out while somebody waits.
MOST_TRIED, MOST_SHOWN = 2_000, 100


@dataclass(frozen=True)
class Shown:
    partner: Partner
    state_before: str
    state_after: str
    # What, before, after, why.
    moves: list[tuple[str, date | None, date | None, str]]


@dataclass(frozen=True)
class Trial:
    tried: int
    in_all: int
    touched: int
    # How many partners, by what moves.
    counts: list[tuple[str, int]]
    shown: list[Shown]


def with_version(version: RuleVersion) -> Rulebook:
    """The decided versions and this one; in the place of one of the same day."""
    now = rulebook()
    others = [rules for rules in now.versions if rules.effective_on != version.effective_on] if now else []
    return Rulebook([*others, version.rules])


def try_version(version: RuleVersion, today: date) -> Trial:
    partners = Partner.objects.current().exclude(approved_on=None).order_by("number", "pk")
    chosen = {str(partner.pk): partner for partner in partners[:MOST_TRIED]}
    new = with_version(version)
    old = rulebook() or new
    records = records_of(list(chosen.values()))
    differences = list(simulate(records.values(), old, new, today))
    counts = Counter(move.what for difference in differences for move in difference.moves)
    return Trial(
        tried=len(chosen),
        in_all=partners.count(),
        touched=len(differences),
        counts=[(gettext(label), counts[what]) for what, label in LABELS.items() if counts[what]],
        shown=[_shown(chosen[difference.partner], difference) for difference in differences[:MOST_SHOWN]],
    )


def _shown(partner: Partner, difference: Difference) -> Shown:
    return Shown(
        partner,
        str(STATES[difference.state_before]),
        str(STATES[difference.state_after]),
        [(gettext(LABELS[move.what]), move.before, move.after, str(move.why_after or "")) for move in difference.moves],
    )
