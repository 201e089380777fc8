"""Whether the host of a joint meeting may read the names of a sign-up."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from meetings.models import JointHost, Meeting, NamesConsent, SignUp
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, MemberRole


def is_shared(booking: SignUp) -> bool:
    return NamesConsent.objects.filter(sign_up=booking).exists()


def share_names(*, booking: SignUp, agrees: bool, actor: Actor) -> None:
    """Inside the transaction of the sign-up. Without consent the host learns only that somebody comes."""
    if not agrees:
        NamesConsent.objects.filter(sign_up=booking).delete()
    elif JointHost.objects.filter(meeting=booking.meeting_id).exists():
        NamesConsent.objects.get_or_create(sign_up=booking, defaults={"given_by": actor.user})


@transaction.atomic
def withdraw_names(*, booking: SignUp, actor: Actor) -> None:
    """At any time, also when sign-up has closed; the places stay. The host's list follows with the next round."""
    if not actor.is_member(MemberRole.EDITOR) or actor.place.partner_id != booking.partner_id:
        raise PermissionDenied
    Meeting.objects.select_for_update(of=("self",)).get(pk=booking.meeting_id)
    count, _rows = NamesConsent.objects.filter(sign_up=booking).delete()
    if count:
        # A form that is still open with the consent ticked does not bring it back unseen.
        SignUp.objects.filter(pk=booking.pk).update(revision=F("revision") + 1)
        record_event(
            action=Action.SIGN_UP_CHANGED, subject=booking, actor=actor.user, changes={"shares_names": (True, False)}
        )
