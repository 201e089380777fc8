"""Which reminders go to whom on a day: asked by the daily task for today, and by staff for a day to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min
from django.utils import timezone

from partners.models import Partner
from renewals.models import RuleVersion, Standing
from renewals.obligations import Obligations
from renewals.queries.receivers import Receiver, receivers_of
from renewals.queries.records import sent_keys, what_is_owed
from renewals.queries.showing import DutyLine, line_of
from renewals.reminders import Reminder, reminders_due

# What a preview works out; a programme of twenty thousand has days with more.
MOST_SHOWN = 200


def reminders_for(
    standings: Sequence[Standing], partners: Mapping[int, Partner], owed: Mapping[int, Obligations]
) -> dict[int, tuple[Reminder, ...]]:
    """By partner. What was planned before the portal knew the partner and the rules is left out."""
    speaking = [standing.partner_id for standing in standings if not standing.is_silent and standing.partner_id in owed]
    sent, ruled_since = sent_keys(speaking), _ruled_since()
    found = {}
    for partner_id in speaking:
        known_since = max(timezone.localdate(partners[partner_id].created_at), ruled_since)
        reminders = reminders_due(owed[partner_id], sent[partner_id])
        if due := tuple(reminder for reminder in reminders if reminder.planned_on >= known_since):
            found[partner_id] = due
    return found


def _ruled_since() -> date:
    decided_at = RuleVersion.objects.approved().aggregate(first=Min("decided_at"))["first"]
    return timezone.localdate(decided_at) if decided_at else date.min


@dataclass(frozen=True)
class Planned:
    partner: Partner
    lines: list[DutyLine]
    receivers: list[Receiver]


@dataclass(frozen=True)
class Preview:
    on: date
    planned: list[Planned]
    # So many more partners would be looked at than were worked out here.
    left_out: int


def preview(day: date) -> Preview:
    """Who gets what on that day, if nothing is handed in until then and no day is missed."""
    rows = Standing.objects.to_look_at(day).select_related("partner").order_by("partner_id")
    standings = list(rows[:MOST_SHOWN])
    partners = {standing.partner_id: standing.partner for standing in standings}
    owed = what_is_owed(list(partners.values()), day)
    due = reminders_for(standings, partners, owed)
    receivers = receivers_of([partners[partner_id] for partner_id in due])
    planned = [
        Planned(
            partners[partner_id],
            [line_of(reminder.duty, day) for reminder in reminders if reminder.planned_on == day],
            receivers[partner_id],
        )
        for partner_id, reminders in due.items()
    ]
    return Preview(day, [one for one in planned if one.lines], max(rows.count() - MOST_SHOWN, 0))
