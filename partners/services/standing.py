"""Suspended, resumed, removed, left, restored: each a dated fact with its reason, told to the partner's owners.

Whoever changes a partner's state (registration too) asks `standing_values`.
"""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partners.models import Activity, ChangeRequest, Fact, Partner
from partners.services.records import change_partner, lock_partner, record_activity
from partners.services.telling import tell_owners
from partners.states import ENDINGS, MOVES, PARTNER_TRANSITIONS, ChangeState, Move, PartnerState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, StaffRole

ACTIONS = {
    Move.SUSPEND: Action.PARTNER_SUSPENDED,
    Move.RESUME: Action.PARTNER_RESUMED,
    Move.REMOVE: Action.PARTNER_REMOVED,
    Move.LEAVE: Action.PARTNER_LEFT,
    Move.RESTORE: Action.PARTNER_RESTORED,
}
# What a registration stands or falls with is an approver's.
LEAST = dict.fromkeys(Move, StaffRole.OFFICER) | {
    Move.REMOVE: StaffRole.APPROVER,
    Move.RESTORE: StaffRole.APPROVER,
}
ON_TIMELINE = {
    Move.SUSPEND: gettext_noop("登録を停止"),
    Move.RESUME: gettext_noop("登録の停止を解除"),
    Move.REMOVE: gettext_noop("登録を取消し"),
    Move.LEAVE: gettext_noop("退会"),
    Move.RESTORE: gettext_noop("登録を復帰"),
}


@transaction.atomic
def move_partner(*, partner_id: int, move: Move, reason: str, actor: Actor, on: date | None = None) -> Partner:
    """`on` is the first day on which it is so: today, or a day that has passed already."""
    if not actor.is_staff(LEAST[move]):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("理由を入力してください。")})
    return carry_out(partner=lock_partner(partner_id), move=move, reason=reason, actor=actor, on=on)


def carry_out(*, partner: Partner, move: Move, reason: str, actor: Actor, on: date | None = None) -> Partner:
    """For a partner that is locked, by whoever has asked already whether this may be."""
    on = on or timezone.localdate()
    if problem := why_not_move(partner, move, on):
        raise ValidationError(problem)
    values = standing_values(partner, MOVES[move][1], ending=ENDINGS.get(move, ""))
    change_partner(partner=partner, values=values, actor=actor, action=ACTIONS[move], reason=reason, on=on)
    record_activity(
        partner=partner,
        kind=Activity.Kind.REGISTRATION,
        title=ON_TIMELINE[move],
        key=f"standing:{partner.revision}",
        on=on,
    )
    if partner.state == PartnerState.ENDED:
        _drop_open_requests(partner, actor)
    tell_owners(
        message="partners.standing",
        partner=partner,
        key=f"{move}:{partner.revision}",
        data={"move": move.value, "on": on.isoformat(), "reason": reason},
    )
    return partner


def standing_values(partner: Partner, state: PartnerState, ending: str = "") -> dict[str, str]:
    """What a change of state writes, by whomever it is made; refused where the table has no such way."""
    if state not in PARTNER_TRANSITIONS[PartnerState(partner.state)]:
        raise ValidationError(_("「%s」の団体には、できません。") % partner.get_state_display())
    return {"state": state, "ending": ending}


def why_not_move(partner: Partner, move: Move, on: date | None = None) -> str:
    """Empty if it can be done; otherwise the reason, for staff."""
    starts, ends = MOVES[move]
    state = PartnerState(partner.state)
    if state == PartnerState.UNCONFIRMED:
        return _("まだ登録されていません。登録の申請を、申請者が取り下げるか、審査で決めてください。")
    if state not in starts or ends not in PARTNER_TRANSITIONS[state]:
        return _("「%s」の団体には、できません。") % state.label
    if ends == PartnerState.REGISTERED and partner.number is None:
        return _("登録番号がないため、できません。登録の審査で承認してください。")
    if on and on > timezone.localdate():
        return _("先の日付は選べません。その日になってから行ってください。")
    if on and (since := _state_since(partner)) and on < since:
        return _("今の状態になった日（%s）より前の日付は選べません。") % since
    return ""


def _state_since(partner: Partner) -> date | None:
    facts = Fact.objects.open().filter(partner=partner, field=Fact.Field.STATE)
    return facts.values_list("since", flat=True).first()


def _drop_open_requests(partner: Partner, actor: Actor) -> None:
    for request in ChangeRequest.objects.waiting().filter(partner=partner).select_for_update(of=("self",)):
        request.state, request.decided_by, request.decided_at = ChangeState.WITHDRAWN, actor.user, timezone.now()
        request.save()
        record_event(action=Action.CHANGE_WITHDRAWN, subject=request, actor=actor.user)
