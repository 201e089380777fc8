"""What staff ask of the outbox: what became of a mail, and which did not arrive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.outbox.models import OutgoingMail
from portal.outbox.states import State
from portal.web.registry import WorkItem, WorkQueue


@dataclass(frozen=True)
class Step:
    """One thing that happened to a mail, in the order of time."""

    at: datetime
    state: State
    answer: str = ""


def failed_items() -> list[WorkItem]:
    """The oldest two hundred, as work items."""
    return [
        WorkItem(
            title=f"{mail.label}：{mail.to}",
            url=reverse("admin:outbox_outgoingmail_change", args=[mail.pk]),
            since=mail.finished_at or mail.created_at,
            subject_type="outbox.outgoingmail",
            subject_id=str(mail.pk),
        )
        for mail in OutgoingMail.objects.filter(state=State.FAILED).order_by("id")[:200]
    ]


failed_mails_queue = WorkQueue(
    label=_("送信できなかったメール"),
    url=lambda: reverse("admin:outbox_outgoingmail_changelist") + "?state__exact=failed",
    count=lambda: OutgoingMail.objects.filter(state=State.FAILED).count(),
    items=failed_items,
)


def steps_of(mail: OutgoingMail) -> Iterator[Step]:
    """In the order of time."""
    yield Step(mail.created_at, State.QUEUED)
    problems = list(mail.problems.all())
    for problem in problems:
        yield Step(problem.at, State(problem.state), problem.answer)
    if mail.state == State.SENDING and mail.claimed_at:
        yield Step(mail.claimed_at, State.SENDING)
    told = bool(problems) and problems[-1].state == mail.state
    if mail.finished_at and not told:
        yield Step(mail.finished_at, State(mail.state), mail.answer)
