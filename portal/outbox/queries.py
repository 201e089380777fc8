"""What staff ask of the outbox: what became of a mail, which did not arrive, and which texts of theirs are in use."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.outbox.models import MailProblem, MailText, OutgoingMail
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


def texts_in_use(names: Collection[str]) -> dict[tuple[str, str], MailText]:
    """One query for a batch of mails."""
    return {(text.message, text.language): text for text in MailText.objects.filter(message__in=names, is_in_use=True)}


def failures_of(text: MailText) -> "QuerySet[MailProblem]":
    """The receivers for whom a text did not do since it is in use; they got the standard one."""
    about = {"mail__message": text.message, "mail__language": text.language}
    return MailProblem.objects.filter(state=State.SENDING, at__gte=text.used_since, **about)


def failing_texts() -> list[tuple[MailText, int, datetime]]:
    """Those in use that did not do for somebody: how often, and since when. Few texts are in use at a time."""
    texts = MailText.objects.filter(is_in_use=True).order_by("id")
    found = [(text, list(failures_of(text).values_list("at", flat=True))) for text in texts]
    return [(text, len(times), min(times)) for text, times in found if times]


def failing_text_items() -> list[WorkItem]:
    return [
        WorkItem(
            title=gettext("%(text)s：%(count)d通を標準の文面で送りました") % {"text": text, "count": count},
            url=reverse("admin:outbox_mailtext_change", args=[text.pk]),
            since=since,
            subject_type="outbox.mailtext",
            subject_id=str(text.pk),
        )
        for text, count, since in failing_texts()
    ]


failing_texts_queue = WorkQueue(
    label=_("使えなかったメールの文面"),
    url=lambda: reverse("admin:outbox_mailtext_changelist") + "?is_in_use__exact=1",
    count=lambda: len(failing_texts()),
    items=failing_text_items,
)
