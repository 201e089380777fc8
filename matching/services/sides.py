"""A further side of a collaboration: asked by one of its sides, in as soon as it agrees. The record is locked first."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Collaboration, Side, SideInvitation
from matching.rules import may_write
from matching.services.collaborations import lock_own_side, refuse_when_finished
from matching.states import InvitationState
from partners.models import Activity, Partner
from partners.services.records import record_activity
from partners.services.telling import tell_owners
from portal.accounts import limits
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor

MOST_SIDES = 20
# Of one partner in one collaboration: after taking a question back, once more.
MOST_QUESTIONS = 2
ACTIONS = {
    InvitationState.JOINED: Action.SIDE_JOINED,
    InvitationState.DECLINED: Action.SIDE_DECLINED,
    InvitationState.TAKEN_BACK: Action.SIDE_TAKEN_BACK,
}


@transaction.atomic
def ask_to_join(*, collaboration_id: int, partner: Partner, note: str, actor: Actor) -> SideInvitation:
    """Asked twice, it is one question. The other sides are told whom it is."""
    collaboration, side = lock_own_side(collaboration_id, actor)
    refuse_when_finished(collaboration)
    if not note.strip():
        raise ValidationError({"note": _("お願いしたいことを入力してください。")})
    if refusal := why_not_ask(collaboration, partner):
        raise ValidationError(refusal)
    invitation: SideInvitation | None = collaboration.invitations.open().filter(partner=partner).first()
    if invitation:
        return invitation
    if not limits.allow(limits.SIDE_INVITATIONS, side.partner_id):
        raise ValidationError(_("1日に声をかけられる団体の数を超えました。明日もう一度お試しください。"))
    invitation = SideInvitation.objects.create(
        collaboration=collaboration, partner=partner, note=note.strip(), asking=side.partner, asked_by=actor.user
    )
    record_event(action=Action.SIDE_ASKED, subject=invitation, actor=actor.user)
    _tell("matching.side_asked", invitation, partner)
    _tell_sides("matching.side_proposed", invitation, but=side.partner_id)
    return invitation


def why_not_ask(collaboration: Collaboration, partner: Partner) -> str:
    """A no is a no for the whole of a collaboration, whichever of its sides asks."""
    if not partner.is_listed:
        return _("登録中の団体だけに声をかけられます。")
    if collaboration.sides.filter(partner=partner).exists():
        return _("この団体は、すでに加わっています。")
    asked = [one.state for one in collaboration.invitations.filter(partner=partner)]
    if InvitationState.DECLINED in asked:
        return _("この団体は、この連携への参加を見送りました。同じ連携では、もう一度お願いできません。")
    if InvitationState.ASKED not in asked and len(asked) >= MOST_QUESTIONS:
        return _("同じ団体に声をかけられるのは、一つの連携で%d回までです。") % MOST_QUESTIONS
    if collaboration.sides.count() + collaboration.invitations.open().exclude(partner=partner).count() >= MOST_SIDES:
        return _("一つの連携に加われるのは%d団体までです。") % MOST_SIDES
    return ""


def why_not_move(invitation: SideInvitation, state: InvitationState) -> str:
    if state not in invitation.next_states:
        return _("このお願いは「%s」になっています。") % invitation.get_state_display()
    return ""


@transaction.atomic
def answer_invitation(*, invitation_id: int, joins: bool, actor: Actor) -> SideInvitation:
    """With a yes the partner is a side like the others: it reads all, reports, confirms, and may have the logo."""
    invitation = _lock(invitation_id)
    if not may_write(actor, invitation.partner_id):
        raise PermissionDenied
    if joins:
        refuse_when_finished(invitation.collaboration)
    _move(invitation, InvitationState.JOINED if joins else InvitationState.DECLINED, actor)
    _tell_sides("matching.side_answered", invitation)
    if joins:
        Side.objects.create(collaboration=invitation.collaboration, partner=invitation.partner)
        record_activity(
            partner=invitation.partner, kind=Activity.Kind.COLLABORATION,
            title=format_lazy("「{}」{}", str(invitation.collaboration), gettext_lazy("の連携に参加")),
            key=f"side:{invitation.pk}", path=f"/mypage/matching/records/{invitation.collaboration_id}/",
        )  # fmt: skip
    return invitation


@transaction.atomic
def take_back_invitation(*, invitation_id: int, actor: Actor) -> SideInvitation:
    """By any of the sides."""
    invitation = _lock(invitation_id)
    lock_own_side(invitation.collaboration_id, actor)
    _move(invitation, InvitationState.TAKEN_BACK, actor)
    _tell("matching.side_taken_back", invitation, invitation.partner)
    return invitation


def _lock(invitation_id: int) -> SideInvitation:
    collaboration_id = SideInvitation.objects.values_list("collaboration_id", flat=True).get(pk=invitation_id)
    collaboration = Collaboration.objects.select_for_update(of=("self",)).get(pk=collaboration_id)
    invitation: SideInvitation = (
        SideInvitation.objects.select_for_update(of=("self",)).select_related("partner").get(pk=invitation_id)
    )
    invitation.collaboration = collaboration
    return invitation


def _move(invitation: SideInvitation, state: InvitationState, actor: Actor) -> None:
    if refusal := why_not_move(invitation, state):
        raise ValidationError(refusal)
    before, invitation.state, invitation.ended_at = invitation.state, state, timezone.now()
    invitation.save()
    record_event(action=ACTIONS[state], subject=invitation, actor=actor.user, changes={"state": (before, state)})


def _tell(message: str, invitation: SideInvitation, partner: Partner) -> None:
    tell_owners(message=message, partner=partner, key=str(invitation.pk), data={}, about=invitation)


def _tell_sides(message: str, invitation: SideInvitation, but: int = 0) -> None:
    for side in invitation.collaboration.sides.exclude(partner=but).select_related("partner"):
        _tell(message, invitation, side.partner)
