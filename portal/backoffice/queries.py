"""Reads for the office: what somebody has in hand, wherever it comes from; what was asked about a full export."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import StaffAppointment
from portal.backoffice.models import ProgrammeExport
from portal.backoffice.states import APPROVAL
from portal.tenancy.scope import current_programme
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest, Assignment
from portal.web.queries import programme_staff
from portal.web.registry import WorkItem, WorkQueue, work_queues

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Held:
    """One thing that an officer has in hand."""

    subject: models.Model
    kind: str
    title: str
    url: str
    since: datetime | None = None
    due_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"{self.subject._meta.label_lower}:{self.subject.pk}"


def successors_of(leaver: Any) -> list[Any]:
    """Everybody else who may do the work."""
    may_act = set(
        StaffAppointment.objects.filter(ended_at=None, role__gte=StaffRole.OFFICER).values_list("user", flat=True)
    )
    return [person for person in programme_staff() if person != leaver and person.pk in may_act]


def held_by(user: Any) -> list[Held]:
    """What waits first, by its date; then whatever else is assigned to the person, as a partner to look after.

    What was in a queue that says what it is about, and is not in it any more, is done and stays with who did it.
    """
    waiting, done_types = _waiting()
    found: list[Held] = []
    for assignment in Assignment.objects.filter(assignee=user).order_by("id"):
        key = (assignment.subject_type, assignment.subject_id)
        queue, item = waiting.get(key, (None, None))
        subject = _subject(*key)
        if subject is None or (item is None and assignment.subject_type in done_types):
            continue
        if queue and item:
            found.append(Held(subject, str(queue.label), item.title, item.url, item.since, item.due_at))
        else:
            found.append(Held(subject, str(subject._meta.verbose_name), str(subject), _address(subject)))
    return sorted(found, key=lambda one: (one.since is None, one.due_at is None, one.due_at or one.since or LAST))


def _waiting() -> tuple[dict[tuple[str, str], tuple[WorkQueue, WorkItem]], set[str]]:
    """By model label and key; and the labels of what is done if it is not among them."""
    waiting, done_types = {}, set()
    for queue in work_queues:
        if queue.feature and not current_programme().has(queue.feature):
            continue
        items = queue.items()
        waiting.update({(item.subject_type, item.subject_id): (queue, item) for item in items})
        # A long queue gives only its oldest: then nothing is known of the rest, and all of it is handed over.
        if queue.about and queue.count() <= len(items):
            done_types.add(queue.about)
    return waiting, done_types


def _subject(label: str, key: str) -> models.Model | None:
    try:
        found: models.Model | None = apps.get_model(label)._base_manager.filter(pk=key).first()
    except (LookupError, ValueError):
        return None
    return found


def _address(subject: models.Model) -> str:
    name = f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change"
    try:
        return reverse(name, args=[subject.pk])
    except NoReverseMatch:
        return ""


def request_for(export: ProgrammeExport) -> ApprovalRequest | None:
    """What another approver was asked, and what became of it."""
    return ApprovalRequest.objects.filter(
        name=APPROVAL, subject_type=export._meta.label_lower, subject_id=str(export.pk)
    ).first()


def table_of(handover: Any) -> tuple[list[str], list[list[str]]]:
    """The printed list: head and rows."""
    head = [_("種類"), _("件名"), _("期限"), _("申し送り")]
    rows = [
        [item.kind, item.title, f"{timezone.localdate(item.due_at)}" if item.due_at else "", item.note]
        for item in handover.items.all()
    ]
    return head, rows
