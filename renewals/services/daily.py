"""The daily task's work: look at the partners for whom something can differ today, remind them, note how they stand.

It never touches a partner with nothing due, and decides on nothing. A day that was missed is caught up on the next; what
had passed before the portal knew the partner and the rules is not, so that no beginning brings a flood of old reminders.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from partners.models import Partner
from portal.accounts.queries import languages_of
from portal.outbox.services import Letter, queue_each
from renewals.models import Reminder, Standing
from renewals.obligations import Obligations
from renewals.queries.receivers import Receiver, receivers_of
from renewals.queries.records import rulebook, what_is_owed
from renewals.queries.reminding import reminders_for
from renewals.reminders import Reminder as PlannedReminder
from renewals.reminders import next_reminder_on
from renewals.states import State

AT_ONCE = 1000
# Of a partner's many columns.
READ = ("name", "approved_on", "batch", "revision", "created_at", "contact_email", "contact_name")
NOTED = ("state", "state_since", "due_on", "look_again_on", "seen_revision")
REMINDER = "renewals.reminder"


def look_at_due(*, today: date) -> int:
    """Everybody for whom something can differ; how many that were."""
    if rulebook() is None:
        return 0
    begin_standings()
    looked = last = 0
    while found := _look_at_some(today, after=last):
        looked, last = looked + len(found), found[-1]
    return looked


def begin_standings() -> None:
    """A row for each partner that has none yet; it is looked at first.

    Two plain reads: asked to join them, a database that has no statistics yet of a programme that came in today compares
    each partner with every row.
    """
    have = set(Standing.objects.values_list("partner_id", flat=True))
    without = [pk for pk in Partner.objects.order_by("pk").values_list("pk", flat=True) if pk not in have]
    Standing.objects.bulk_create([Standing(partner_id=pk) for pk in without], batch_size=AT_ONCE, ignore_conflicts=True)


def look_again(partner_ids: Iterable[int] | None = None, *, today: date) -> None:
    """A fact was recorded about these partners, or (None) about all: the next round looks at them."""
    rows = Standing.objects.all() if partner_ids is None else Standing.objects.filter(partner__in=list(partner_ids))
    with transaction.atomic():
        # Many at once are locked in the order of the round.
        locked = rows.select_for_update(of=("self",)).order_by("partner_id").values_list("pk", flat=True)
        Standing.objects.filter(pk__in=list(locked)).update(look_again_on=today)


@transaction.atomic
def _look_at_some(today: date, *, after: int) -> list[int]:
    """The next partners in the order of their keys. Two rounds at once wait for each other at these rows; the second then
    finds nothing left to do.
    """
    rows = Standing.objects.to_look_at(today).filter(partner_id__gt=after)
    standings: list[Standing] = list(rows.select_for_update(of=("self",)).order_by("partner_id")[:AT_ONCE])
    ids = [standing.partner_id for standing in standings]
    partners = Partner.objects.only(*READ).in_bulk(ids)
    owed = what_is_owed(list(partners.values()), today)
    _remind(standings, partners, owed, today)
    for standing in standings:
        note(standing, partners[standing.partner_id], owed.get(standing.partner_id), today)
    # All rows exist and are locked: this updates them, at a quarter of what bulk_update() takes.
    Standing.objects.bulk_create(standings, update_conflicts=True, unique_fields=["id"], update_fields=NOTED)
    return ids


def refresh_standing(partner: Partner, today: date) -> None:
    """At once, after a fact about one partner was recorded, so that lists are right before the next round."""
    standing, _new = Standing.objects.select_for_update(of=("self",)).get_or_create(partner=partner)
    note(standing, partner, what_is_owed([partner], today).get(partner.pk), today)
    if standing.look_again_on is None or standing.look_again_on > today:
        # Reminders of today, if there are any left, are the round's.
        standing.look_again_on = today
    standing.save()


def note(standing: Standing, partner: Partner, answer: Obligations | None, today: date) -> None:
    """How the partner stands, and when to look again. Not saved here."""
    state = answer.state if answer else State.NOT_REGISTERED
    if standing.state != state or standing.state_since is None:
        standing.state, standing.state_since = state.value, today
    standing.seen_revision = partner.revision
    standing.due_on = standing.look_again_on = None
    if answer:
        duties = [*answer.duties, *([answer.next_duty] if answer.next_duty else [])]
        standing.due_on = min((duty.due_on for duty in duties), default=None)
        ahead = [day for day in (answer.look_again_on, next_reminder_on(answer)) if day]
        standing.look_again_on = min(ahead, default=None)


def _remind(
    standings: Sequence[Standing], partners: dict[int, Partner], owed: dict[int, Obligations], today: date
) -> None:
    """One mail to each person, about all that is due; the rows that say so in the same transaction."""
    due = reminders_for(standings, partners, owed)
    if not due:
        return
    Reminder.objects.bulk_create(
        Reminder(partner_id=partner_id, key=reminder.key, planned_on=reminder.planned_on, sent_on=today)
        for partner_id, reminders in due.items()
        for reminder in reminders
    )
    receivers = receivers_of([partners[partner_id] for partner_id in due])
    languages = languages_of(receiver.address for found in receivers.values() for receiver in found)
    queue_each(
        message=REMINDER,
        letters=[
            _letter(partners[partner_id], receiver, reminders, languages.get(receiver.address.lower(), "ja"))
            for partner_id, reminders in due.items()
            for receiver in receivers[partner_id]
        ],
        due_at=_due_at(today),
    )


def _due_at(today: date) -> datetime | None:
    """The first round of a day is in the night: nobody is woken for a deadline."""
    rules = rulebook()
    return timezone.make_aware(datetime.combine(today, rules.on(today).reminder_time)) if rules else None


def _letter(partner: Partner, receiver: Receiver, reminders: Sequence[PlannedReminder], language: str) -> Letter:
    data: dict[str, Any] = {"member": receiver.member_id, "duties": [reminder.duty.key for reminder in reminders]}
    key = f"{REMINDER}:{partner.pk}:{reminders[0].key}:{receiver.member_id or receiver.address}"
    return Letter(to=receiver.address, dedupe_key=key, data=data, about=partner, language=language)
