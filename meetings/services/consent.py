"""Whether the host of a joint meeting may read the names of a sign-up."""

from meetings.models import JointHost, NamesConsent, SignUp
from portal.web.access import Actor


def share_names(*, booking: SignUp, agrees: bool, actor: Actor) -> None:
    """Inside the transaction of the sign-up. Without consent the host learns only that somebody comes."""
    if not agrees:
        NamesConsent.objects.filter(sign_up=booking).delete()
    elif JointHost.objects.filter(meeting=booking.meeting_id).exists():
        NamesConsent.objects.get_or_create(sign_up=booking, defaults={"given_by": actor.user})
