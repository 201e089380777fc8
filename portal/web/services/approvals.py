"""A second approver: asked by one person, done when another one agrees.

An app names what may need one in portal.web.registry.approvals; each programme chooses which of them do. Nothing is
done between asking and agreeing; when somebody agrees, the app's own service checks everything once more.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.models import ApprovalRequest
from portal.web.registry import approvals
from portal.web.states import TRANSITIONS, ApprovalState
from portal.web.steps import state_now


def needs_second_approver(name: str) -> bool:
    return name in approvals and name in current_programme().second_approval


def open_request_for(name: str, subjects: Iterable[models.Model]) -> frozenset[str]:
    """The keys of those for which somebody has asked already."""
    keys: dict[str, set[str]] = {}
    for subject in subjects:
        keys.setdefault(subject._meta.label_lower, set()).add(str(subject.pk))
    asked = models.Q(pk__in=[])
    for subject_type, ids in keys.items():
        asked |= models.Q(subject_type=subject_type, subject_id__in=ids)
    rows = ApprovalRequest.objects.filter(asked, name=name, state=ApprovalState.ASKED)
    return frozenset(rows.values_list("subject_id", flat=True))


@transaction.atomic
def ask_approval(
    *, name: str, subject: models.Model, what: str, actor: Actor, data: Mapping[str, Any] | None = None
) -> ApprovalRequest:
    """`what` is the sentence that the second person agrees to; `data` is handed to the deed as it is (JSON)."""
    only_staff(actor)
    request, new = ApprovalRequest.objects.get_or_create(
        name=name, subject_type=subject._meta.label_lower, subject_id=str(subject.pk), state=ApprovalState.ASKED,
        defaults={"title": str(subject)[:200], "what": what, "data": dict(data or {}), "asked_by": actor.user},
    )  # fmt: skip
    if not new:
        raise ValidationError(_("すでに承認を依頼しています。"))
    _record(Action.APPROVAL_ASKED, request, actor)
    return request


@transaction.atomic
def approve_request(*, request: ApprovalRequest, actor: Actor, note: str = "") -> ApprovalRequest:
    """Agree, and do it. If the deed is no longer possible, nothing happened and the reason is raised."""
    request = _decide(request, ApprovalState.APPROVED, actor, note)
    approvals[request.name].carry_out(subject_id=request.subject_id, data=request.data, actor=actor)
    _record(Action.APPROVAL_GIVEN, request, actor)
    return request


@transaction.atomic
def decline_request(*, request: ApprovalRequest, actor: Actor, note: str) -> ApprovalRequest:
    if not note.strip():
        raise ValidationError({"note": _("差し戻す理由を入力してください。")})
    request = _decide(request, ApprovalState.DECLINED, actor, note)
    _call_off(request, actor)
    _record(Action.APPROVAL_DECLINED, request, actor)
    return request


@transaction.atomic
def withdraw_request(*, request: ApprovalRequest, actor: Actor) -> ApprovalRequest:
    """Whoever asked takes it back."""
    request = _decide(request, ApprovalState.WITHDRAWN, actor, "")
    _call_off(request, actor)
    _record(Action.APPROVAL_WITHDRAWN, request, actor)
    return request


def why_not_decide(request: ApprovalRequest, actor: Actor, state: ApprovalState) -> str:
    """Empty if this person may bring the request into this state; otherwise the reason, to be read by them."""
    own = actor.user is not None and request.asked_by_id == actor.user.pk
    if state not in TRANSITIONS[ApprovalState(request.state)]:
        return state_now(request)
    if state == ApprovalState.WITHDRAWN:
        return "" if own else _("取り下げられるのは、依頼した人だけです。")
    if not actor.is_staff(StaffRole.APPROVER):
        return _("承認者だけが決められます。")
    return _("自分の依頼は、ほかの承認者が決めます。") if own else ""


def _decide(request: ApprovalRequest, state: ApprovalState, actor: Actor, note: str) -> ApprovalRequest:
    only_staff(actor)
    request = ApprovalRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if reason := why_not_decide(request, actor, state):
        raise ValidationError(reason)
    request.state, request.note = state, note.strip()
    request.decided_by, request.decided_at = actor.user, timezone.now()
    request.save()
    return request


def _call_off(request: ApprovalRequest, actor: Actor) -> None:
    if request.name in approvals and (called_off := approvals[request.name].called_off):
        called_off(subject_id=request.subject_id, actor=actor)


def _record(action: Action, request: ApprovalRequest, actor: Actor) -> None:
    """Not the sentence, which may name people: it stands in the request, and the record is kept for ever."""
    record_event(action=action, subject=request, actor=actor.user, reason=request.note)
