"""A machine's clock that was ahead and is right again: what was written under it would wait until its time comes."""

from datetime import datetime, timedelta

from django.db.models import F

from portal.outbox.models import OutgoingMail
from portal.outbox.states import OPEN, State

# By so much the clocks of two machines may differ without anything being wrong.
DIFFERENCE = timedelta(seconds=30)


def forget_the_future(*, now: datetime) -> None:
    """What cannot have happened yet happened now. What somebody wanted later stays as much later."""
    ahead = OutgoingMail.objects.filter(state__in=OPEN, created_at__gt=now + DIFFERENCE)
    ahead.update(due_at=F("due_at") - F("created_at") + now, created_at=now)
    # Counted against this minute's limit, and free for others when the lease has run out by the right clock.
    OutgoingMail.objects.filter(state=State.SENDING, claimed_at__gt=now + DIFFERENCE).update(
        due_at=F("due_at") - F("claimed_at") + now, claimed_at=now
    )
