"""今日やること: everything that waits, from every app's queue, with its age and with who has it in hand."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from portal.tenancy.models import Programme
from portal.web.models import Assignment
from portal.web.registry import WorkItem, WorkQueue, work_queues

# What fits on one page; each queue links to its own full list.
MOST_SHOWN = 20
# How long things wait, in days: up to so many, and what that is called.
AGES = (
    (0, gettext_lazy("今日から")),
    (3, gettext_lazy("1〜3日")),
    (7, gettext_lazy("4〜7日")),
    (14, gettext_lazy("8〜14日")),
    (None, gettext_lazy("15日以上")),
)


class Whose(StrEnum):
    ALL = "all"
    MINE = "mine"
    NOBODYS = "nobody"


@dataclass(frozen=True)
class Waiting:
    """One item, with what the page says about it."""

    item: WorkItem
    queue: WorkQueue
    days: int
    is_late: bool


@dataclass(frozen=True)
class Queue:
    queue: WorkQueue
    count: int
    late: int
    oldest: int | None

    @property
    def label(self) -> str:
        return str(self.queue.label)

    @property
    def url(self) -> str:
        return self.queue.url()


@dataclass(frozen=True)
class Today:
    whose: Whose
    queues: Sequence[Queue]
    waiting: Sequence[Waiting]
    counts: dict[Whose, int]

    @property
    def shown(self) -> Sequence[Waiting]:
        return self.waiting[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return max(self.counts[self.whose] - MOST_SHOWN, 0)

    @property
    def busy(self) -> list[Queue]:
        return [queue for queue in self.queues if queue.count]

    @property
    def idle(self) -> list[Queue]:
        return [queue for queue in self.queues if not queue.count]

    @property
    def ages(self) -> list[tuple[str, int]]:
        """How many wait for how long, the newest first; all of them are 0 if nothing waits."""
        days = sorted(entry.days for entry in self.waiting)
        found: list[tuple[str, int]] = []
        for most, label in AGES:
            here = len(days) if most is None else bisect_right(days, most)
            found.append((str(label), here - sum(count for _label, count in found)))
        return found

    @property
    def highest_age(self) -> int:
        return max(count for _label, count in self.ages)


def todays_work(*, programme: Programme, user: Any, whose: Whose, now: datetime) -> Today:
    """One query for each queue's items and one for its count, and one for all assignments."""
    queues = [queue for queue in work_queues if not queue.feature or programme.has(queue.feature)]
    items = {id(queue): list(queue.items()) for queue in queues}
    holders = assignees([item for found in items.values() for item in found])
    everything = [
        waiting(replace(item, **holders.get((item.subject_type, item.subject_id), {})), queue, now)
        for queue in queues
        for item in items[id(queue)]
    ]
    chosen = {who: [entry for entry in everything if belongs(entry.item, who, user)] for who in Whose}
    totals = {id(queue): queue.count() for queue in queues}
    counts = {who: len(found) for who, found in chosen.items()} | {Whose.ALL: sum(totals.values())}
    ordered = sorted(chosen[whose], key=lambda entry: (not entry.is_late, entry.item.due_at or now, entry.item.since))
    return Today(whose, [summary(queue, chosen[whose], whose, totals[id(queue)]) for queue in queues], ordered, counts)


def belongs(item: WorkItem, whose: Whose, user: Any) -> bool:
    match whose:
        case Whose.MINE:
            return item.assignee_id == user.pk
        case Whose.NOBODYS:
            return item.assignee_id is None
        case _:
            return True


def waiting(item: WorkItem, queue: WorkQueue, now: datetime) -> Waiting:
    days = (timezone.localdate(now) - timezone.localdate(item.since)).days
    return Waiting(item, queue, days, is_late=item.due_at is not None and item.due_at < now)


def summary(queue: WorkQueue, entries: Sequence[Waiting], whose: Whose, total: int) -> Queue:
    own = [entry for entry in entries if entry.queue is queue]
    return Queue(
        queue,
        count=total if whose == Whose.ALL else len(own),
        late=sum(entry.is_late for entry in own),
        oldest=max((entry.days for entry in own), default=None),
    )


def assignees(items: Sequence[WorkItem]) -> dict[tuple[str, str], dict[str, Any]]:
    """(Model label, key) → who has it in hand, as fields of a WorkItem."""
    ids: dict[str, set[str]] = {}
    for item in items:
        if item.subject_type:
            ids.setdefault(item.subject_type, set()).add(item.subject_id)
    if not ids:
        return {}
    wanted = Q(*(Q(subject_type=kind, subject_id__in=keys) for kind, keys in ids.items()), _connector=Q.OR)
    return {
        (row.subject_type, row.subject_id): {"assignee": str(row.assignee), "assignee_id": row.assignee_id}
        for row in Assignment.objects.filter(wanted).select_related("assignee")
    }
