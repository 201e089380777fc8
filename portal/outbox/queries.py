"""What staff ask of the outbox: what became of a mail, which did not arrive, and which texts of theirs are in use."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.outbox.messages import Priority
from portal.outbox.models import DeadAddress, MailProblem, MailText, OutgoingMail
from portal.outbox.states import Report, State
from portal.web.registry import WorkItem, WorkQueue


@dataclass(frozen=True)
class Step:
    """One thing that happened to a mail, in the order of time."""

    at: datetime
    what: State | Report
    answer: str = ""


def failed_mails() -> "QuerySet[OutgoingMail]":
    """Without the bulk mail to addresses that wait on a list of their own."""
    dead = DeadAddress.objects.now().values("address")
    failed = OutgoingMail.objects.filter(state=State.FAILED)
    return failed.annotate(address=Lower("to")).exclude(Q(priority=Priority.BULK), address__in=dead)


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
        for mail in failed_mails().order_by("id")[:200]
    ]


failed_mails_queue = WorkQueue(
    label=_("送信できなかったメール"),
    url=lambda: reverse("admin:outbox_outgoingmail_changelist") + "?state__exact=failed",
    count=lambda: failed_mails().count(),
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
    for report in mail.reports.all():
        yield Step(report.at, Report(report.kind), report.words)


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


def dead_among(addresses: Collection[str]) -> set[str]:
    """Those of the addresses (in small letters) at which mail does not arrive; nobody is asked about none."""
    if not addresses:
        return set()
    return set(DeadAddress.objects.now().filter(address__in=addresses).values_list("address", flat=True))


def dead_items() -> list[WorkItem]:
    return [
        WorkItem(
            title=f"{dead.address}：{Report(dead.kind).label}",
            url=reverse("admin:outbox_deadaddress_change", args=[dead.pk]),
            since=dead.since,
            subject_type="outbox.deadaddress",
            subject_id=str(dead.pk),
        )
        for dead in DeadAddress.objects.now().order_by("since", "id")[:200]
    ]


dead_addresses_queue = WorkQueue(
    label=_("メールが届かないアドレス"),
    url=lambda: reverse("admin:outbox_deadaddress_changelist") + "?is_open=1",
    count=lambda: DeadAddress.objects.now().count(),
    items=dead_items,
)


@dataclass(frozen=True)
class Arrival:
    """届いたか: what became of the latest mails to some addresses."""

    mails: list[tuple[OutgoingMail, list[Step]]]
    dead: list[DeadAddress]


def arrival_at(addresses: Collection[str]) -> Arrival:
    """Four queries, however many mails."""
    lowered = {address.strip().lower() for address in addresses if address}
    found = (
        OutgoingMail.objects.filter(to__in=lowered | set(addresses))
        .defer("data", "text")
        .order_by("-created_at", "-id")
    )
    mails = found.prefetch_related("problems", "reports")[:30]
    return Arrival(
        mails=[(mail, list(steps_of(mail))) for mail in mails],
        dead=list(DeadAddress.objects.now().filter(address__in=lowered)),
    )
