"""Handing over: everything that somebody has in hand goes to a successor, in one transaction."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.queries import staff_role_of
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.backoffice.models import Handover, HandoverItem
from portal.backoffice.queries import held_by
from portal.outbox.services import queue_mail
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.models import Assignment
from portal.web.services.work import add_comment, assign


@transaction.atomic
def hand_over(*, leaver: Any, successor: Any, note: str, notes: Mapping[str, str], actor: Actor) -> Handover:
    """`notes` are by the item's key (queries.Held); each also becomes a comment where the work is done."""
    only_staff(actor)
    if leaver != actor.user:
        only_staff(actor, StaffRole.APPROVER)
    if successor == leaver:
        raise ValidationError({"successor": _("前任とは別の職員を選んでください。")})
    if staff_role_of(successor) == StaffRole.READ_ONLY:
        raise ValidationError({"successor": _("閲覧だけの職員には引き継げません。")})
    # Two who press at once: the second finds nothing left.
    list(Assignment.objects.select_for_update(of=("self",)).filter(assignee=leaver).order_by("pk"))
    items = held_by(leaver)
    if not items:
        raise ValidationError(_("引き継ぐものがありません。"))
    handover = Handover.objects.create(leaver=leaver, successor=successor, note=note, done_by=actor.user)
    for item in items:
        words = notes.get(item.key, "").strip()
        assign(subject=item.subject, assignee=successor, actor=actor)
        if words:
            text = _("%(leaver)sから%(successor)sへの申し送り：%(words)s")
            named = {"leaver": leaver, "successor": successor, "words": words}
            add_comment(subject=item.subject, text=text % named, actor=actor)
        HandoverItem.objects.create(
            handover=handover,
            kind=item.kind,
            title=item.title[:300],
            subject_type=item.subject._meta.label_lower,
            subject_id=str(item.subject.pk),
            waiting_since=item.since,
            due_at=item.due_at,
            note=words,
        )
    changes = {"assignee": (str(leaver), str(successor)), "rows": (None, len(items))}
    record_event(action=Action.WORK_HANDED_OVER, subject=handover, actor=actor.user, changes=changes)
    queue_mail(
        message="backoffice.handed_over",
        to=successor.email,
        dedupe_key=f"handed-over:{handover.pk}",
        language=successor.reads,
        about=handover,
    )
    return handover
