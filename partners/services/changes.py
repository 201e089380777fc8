"""A partner asks for a change of what the programme keeps; staff decide; the change holds from its day on.

The partner's row is locked first, then the request's, so that asking, deciding and taking back wait for each other.
"""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.fields import personal_fields
from partners.models import Activity, ChangeRequest, Fact, Partner
from partners.rules import may_edit_profile, may_leave
from partners.services.records import change_partner, lock_partner, record_activity, reissue
from partners.services.standing import carry_out, why_not_move
from partners.services.telling import tell_office, tell_owners
from partners.states import CHANGE_TRANSITIONS, ChangeState, Move, PartnerState
from partners.values import read_value
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.steps import state_now

logger = logging.getLogger(__name__)

Field = ChangeRequest.Field
PROOF = "proof"
LONGEST_AHEAD = timedelta(days=366)


@transaction.atomic
def ask_change(
    *,
    partner_id: int,
    field: ChangeRequest.Field,
    after: Any,
    effective_on: date,
    reason: str,
    actor: Actor,
    kana: str = "",
    files: Sequence[StoredFile] = (),
) -> ChangeRequest:
    may = may_leave if field == Field.LEAVING else may_edit_profile
    if not may(actor, partner_id):
        raise PermissionDenied
    partner = lock_partner(partner_id)
    before = getattr(partner, field)
    if problems := why_not_ask(partner, field, after, effective_on):
        raise ValidationError(problems)
    request = ChangeRequest.objects.create(
        partner=partner, field=field, before=str(before or ""), after=str(after), kana=kana, effective_on=effective_on,
        reason=reason, asked_by=actor.user,
    )  # fmt: skip
    set_files(owner=request, slot=PROOF, files=files, actor=actor.user)
    record_event(
        action=Action.CHANGE_ASKED,
        subject=request,
        actor=actor.user,
        changes={"field": ("", field), "after": (before, after)},
        personal=["after"] if field in personal_fields(partner.kind) else (),
        reason=reason,
    )
    tell_owners(message="partners.change_asked", partner=partner, key=str(request.pk), data={}, also=actor.user,
                about=request)  # fmt: skip
    tell_office(message="partners.change_for_office", key="asked", about=request)
    return request


def why_not_ask(partner: Partner, field: ChangeRequest.Field, after: Any, effective_on: date) -> dict[str, str]:
    """Form field → what is wrong."""
    if ChangeRequest.objects.waiting().filter(partner=partner, field=field).exists():
        return {"__all__": _("同じ項目の申請がすでにあります。取り下げてから、もう一度申請してください。")}
    if getattr(partner, field) == after:
        return {"after": _("今の値と同じです。")}
    today = timezone.localdate()
    if effective_on > today + LONGEST_AHEAD:
        return {"effective_on": _("1年より先の日付は選べません。")}
    if field == Field.LEAVING and effective_on < today:
        return {"effective_on": _("過ぎた日付は選べません。")}
    since = Fact.objects.open().filter(partner=partner, field=field).values_list("since", flat=True).first()
    if since and effective_on < since:
        return {"effective_on": _("今の値になった日（%s）より前の日付は選べません。") % since}
    return {}


@transaction.atomic
def approve_change(*, request: ChangeRequest, actor: Actor, comment: str = "") -> ChangeRequest:
    partner, request = _to_decide(request, ChangeState.APPROVED, actor, comment)
    if not _is_as_before(partner, request):
        raise ValidationError(
            _("申請のあとに、今の値が変わりました。理由を付けて不承認にし、もう一度申請してもらってください。")
        )
    request.save()
    record_event(action=Action.CHANGE_APPROVED, subject=request, actor=actor.user, reason=comment)
    if request.effective_on <= timezone.localdate():
        _apply(partner, request, actor)
    _tell_outcome(partner, request)
    return request


@transaction.atomic
def refuse_change(*, request: ChangeRequest, actor: Actor, comment: str) -> ChangeRequest:
    if not comment.strip():
        raise ValidationError({"reason": _("理由を入力してください。")})
    partner, request = _to_decide(request, ChangeState.REFUSED, actor, comment)
    request.save()
    record_event(action=Action.CHANGE_REFUSED, subject=request, actor=actor.user, reason=comment)
    _tell_outcome(partner, request)
    return request


@transaction.atomic
def withdraw_change(*, request: ChangeRequest, actor: Actor) -> ChangeRequest:
    """The partner takes it back, as long as nothing has changed by it."""
    may = may_leave if request.is_leaving else may_edit_profile
    if not (may(actor, request.partner_id) or actor.is_staff(StaffRole.OFFICER)):
        raise PermissionDenied
    _partner, request = _locked(request, ChangeState.WITHDRAWN)
    request.state, request.decided_by, request.decided_at = ChangeState.WITHDRAWN, actor.user, timezone.now()
    request.save()
    record_event(action=Action.CHANGE_WITHDRAWN, subject=request, actor=actor.user)
    tell_office(message="partners.change_for_office", key="withdrawn", about=request)
    return request


def apply_due_changes() -> None:
    """What was approved for a day that has come. May run at any time, any number of times.

    One that fails is logged and keeps no other from its day.
    """
    due = ChangeRequest.objects.approved_for_later().filter(effective_on__lte=timezone.localdate())
    for request in due.order_by("effective_on", "id"):
        try:
            _apply_due(request)
        except Exception:
            logger.exception("change not applied", extra={"facts": {"request": request.pk}})


@transaction.atomic
def _apply_due(request: ChangeRequest) -> None:
    partner = lock_partner(request.partner_id)
    request = ChangeRequest.objects.select_for_update(of=("self",)).select_related("partner").get(pk=request.pk)
    if request.state != ChangeState.APPROVED or request.applied_at:
        return
    if request.is_leaving or _is_as_before(partner, request):
        _apply(partner, request, Actor(user=request.decided_by))
        return
    request.state, request.decided_by, request.decided_at = ChangeState.REFUSED, None, timezone.now()
    request.comment = _(
        "承認のあとに今の値が変わったため、変わる日になっても反映しませんでした。必要なときは、もう一度申請してください。"
    )
    request.save()
    record_event(action=Action.CHANGE_REFUSED, subject=request, actor=None, reason=request.comment)
    _tell_outcome(partner, request)
    tell_office(message="partners.change_for_office", key="refused", about=request)


def _is_as_before(partner: Partner, request: ChangeRequest) -> bool:
    return str(getattr(partner, request.field) or "") == request.before


def why_not_decide(request: ChangeRequest, state: ChangeState) -> str:
    if state not in CHANGE_TRANSITIONS[ChangeState(request.state)] or request.applied_at:
        return state_now(request)
    return ""


def _locked(request: ChangeRequest, state: ChangeState) -> tuple[Partner, ChangeRequest]:
    partner = lock_partner(request.partner_id)
    request = ChangeRequest.objects.select_for_update(of=("self",)).select_related("partner").get(pk=request.pk)
    if reason := why_not_decide(request, state):
        raise ValidationError(reason)
    return partner, request


def _to_decide(request: ChangeRequest, state: ChangeState, actor: Actor, comment: str) -> tuple[Partner, ChangeRequest]:
    only_staff(actor)
    partner, request = _locked(request, state)
    request.state, request.comment = state, comment.strip()
    request.decided_by, request.decided_at = actor.user, timezone.now()
    return partner, request


def _apply(partner: Partner, request: ChangeRequest, actor: Actor) -> None:
    request.applied_at = timezone.now()
    request.save(update_fields=["applied_at"])
    if request.is_leaving:
        if not why_not_move(partner, Move.LEAVE):
            carry_out(partner=partner, move=Move.LEAVE, reason=request.reason, actor=actor, on=request.effective_on)
        return
    values = {request.field: read_value(request.field, request.after)}
    if request.kana:
        values["kana"] = request.kana
    if request.field == Field.NAME:
        values |= reissue(partner)
    change_partner(partner=partner, values=values, actor=actor, on=request.effective_on, reason=request.reason)
    if request.field == Field.NAME:
        record_activity(
            partner=partner,
            kind=Activity.Kind.REGISTRATION,
            title=f"名称を「{request.before}」から「{request.after}」に変更し、登録証を再発行"[:200],
            key=f"change:{request.pk}",
            on=request.effective_on,
        )


def _tell_outcome(partner: Partner, request: ChangeRequest) -> None:
    if partner.state == PartnerState.ENDED:
        # The mail that it has left says it all.
        return
    tell_owners(message="partners.change_decided", partner=partner, key=f"{request.pk}:{request.state}", data={},
                also=request.asked_by, about=request)  # fmt: skip
