"""Who has an item in hand, and what staff say to each other about it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, only_staff
from portal.web.models import Assignment, Comment
from portal.web.queries import programme_staff


@transaction.atomic
def assign(*, subject: models.Model, assignee: Any, actor: Actor) -> None:
    """`assignee` is a user, or None to put the item back for anybody."""
    only_staff(actor)
    if assignee is not None and assignee.pk not in {user.pk for user in programme_staff()}:
        raise ValidationError({"assignee": _("この事業の職員ではありません。")})
    about: dict[str, Any] = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    before = Assignment.objects.select_for_update(of=("self",)).filter(**about).select_related("assignee").first()
    if (before.assignee if before else None) == assignee:
        return
    if assignee is None:
        Assignment.objects.filter(**about).delete()
    else:
        Assignment.objects.update_or_create(defaults={"assignee": assignee}, **about)
    changes = {"assignee": (str(before) if before else "", str(assignee or ""))}
    record_event(action=Action.ITEM_ASSIGNED, subject=subject, actor=actor.user, changes=changes)


@transaction.atomic
def add_comment(*, subject: models.Model, text: str, actor: Actor) -> Comment:
    only_staff(actor)
    comment: Comment = Comment.objects.create(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk), author=actor.user, text=text
    )
    record_event(action=Action.COMMENT_ADDED, subject=subject, actor=actor.user)
    return comment
