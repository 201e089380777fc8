"""Which reminders are to be sent today: a pure function of what is owed, what was sent, and the day.

- A programme chooses the days: so many before (-30), on (0), or after (14) the due date that holds.
- Never twice: each reminder has a key of duty, due date and day. A deadline that was moved is a new due date.
- After missed days only the latest one of a duty is sent, with the days that are really left; those before it are
  overtaken for good. So an outage of any length costs nobody more than one reminder for each duty.
- None asks for what cannot be handed in yet, or says "overdue" while it is still accepted.
- None is sent about days that had passed when the deadline became known: who comes late, or gets more time, is told of
  it by the mail about that.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from renewals.calendar import DAY
from renewals.duties import Duty
from renewals.obligations import Obligations


@dataclass(frozen=True, slots=True)
class Reminder:
    duty: Duty
    # Days from the due date: -30, 0, 14.
    offset: int
    planned_on: date

    @property
    def key(self) -> str:
        """What must never be sent twice to one partner."""
        return f"{self.duty.key}:{self.duty.due_on}:{self.offset}"


def reminders_due(answer: Obligations, sent: Collection[str]) -> tuple[Reminder, ...]:
    """What to send to this partner on `answer.today`. All of it fits into one mail: at most one for each duty.

    Whoever hands in something owes it no longer, and is not reminded. `sent` are the keys of this partner so far.
    """
    return tuple(
        latest for duty in answer.duties if (latest := _latest(duty, answer.today)) and not _is_overtaken(latest, sent)
    )


def schedule(duty: Duty) -> tuple[Reminder, ...]:
    """All reminders of a duty in the order in which their days come. Several on one day: only the last is sent."""
    return tuple(_schedule(duty))


def next_reminder_on(answer: Obligations) -> date | None:
    """The next planned day among the duties that are open now."""
    days = [reminder.planned_on for duty in answer.duties for reminder in _schedule(duty)]
    return min((day for day in days if day > answer.today), default=None)


def _schedule(duty: Duty) -> Iterator[Reminder]:
    for offset in duty.rules.reminder_days:
        planned_on = duty.due_on + timedelta(days=offset)
        if planned_on < duty.known_on:
            continue
        planned_on = max(planned_on, duty.opens_on)
        if offset > 0:
            planned_on = max(planned_on, duty.accepted_until + DAY)
        yield Reminder(duty, offset, planned_on)


def _latest(duty: Duty, today: date) -> Reminder | None:
    latest = None
    for reminder in _schedule(duty):
        if reminder.planned_on <= today:
            latest = reminder
    return latest


def _is_overtaken(reminder: Reminder, sent: Collection[str]) -> bool:
    """Whether it, or one that comes after it, was sent. The programme may have chosen other days since."""
    deadline = f"{reminder.duty.key}:{reminder.duty.due_on}:"
    return any(key.startswith(deadline) and int(key.removeprefix(deadline)) >= reminder.offset for key in sent)
