"""Who was there: ticked by staff, by a code at the door, or from a conferencing tool's list. It goes to the partner's
timeline, from which the yearly report is drafted.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from meetings.attendance import is_changed
from meetings.models import Meeting, Seat
from meetings.services.seats import lock_meeting
from meetings.states import MeetingState
from partners.models import Activity, Partner
from partners.services.records import forget_activity, record_activity
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, only_staff
from portal.web.steps import state_now


@transaction.atomic
def set_attendance(
    *, meeting: Meeting, present: Collection[int], was: Collection[int], actor: Actor, now: datetime | None = None
) -> int:
    """`present` are ticked, `was` were when the page was made: who was checked in meanwhile stays. How many were there."""
    only_staff(actor)
    meeting, now = _locked(meeting), now or timezone.now()
    seats = list(Seat.objects.confirmed().filter(meeting=meeting).select_related("sign_up__partner"))
    changed = [seat for seat in seats if is_changed(seat.pk, seat.attended_at is not None, present, was)]
    for seat in changed:
        seat.attended_at = now if seat.pk in present else None
    Seat.objects.bulk_update(changed, ["attended_at"])
    if changed:
        _write_timelines(meeting, {seat.sign_up.partner for seat in changed})
        count = sum(seat.attended_at is not None for seat in seats)
        record_event(
            action=Action.ATTENDANCE_SET, subject=meeting, actor=actor.user, changes={"rows": (None, count)}
        )  # fmt: skip
    return sum(seat.attended_at is not None for seat in seats)


@transaction.atomic
def check_in(*, seat: Seat, actor: Actor, now: datetime | None = None) -> Seat:
    """At the door. A second scan changes nothing."""
    only_staff(actor)
    meeting = _locked(seat.meeting)
    seat = Seat.objects.select_related("sign_up__partner", "meeting").get(pk=seat.pk)
    if not seat.is_confirmed:
        raise ValidationError(state_now(seat))
    if seat.attended_at is None:
        seat.attended_at = now or timezone.now()
        seat.save(update_fields=["attended_at"])
        _write_timelines(meeting, {seat.sign_up.partner})
        record_event(action=Action.ATTENDANCE_SET, subject=meeting, actor=actor.user, changes={"rows": (None, 1)})
    return seat


def _locked(meeting: Meeting) -> Meeting:
    meeting = lock_meeting(meeting.pk)
    if meeting.state != MeetingState.PUBLISHED:
        raise ValidationError(state_now(meeting))
    return meeting


def _write_timelines(meeting: Meeting, partners: Collection[Partner]) -> None:
    came = set(
        Seat.objects.filter(meeting=meeting, attended_at__isnull=False).values_list("sign_up__partner", flat=True)
    )
    key = f"meeting:{meeting.pk}:attended"
    for partner in partners:
        if partner.pk in came:
            record_activity(
                partner=partner, kind=Activity.Kind.MEETING, title=f"{meeting.title}に参加"[:200], key=key,
                on=timezone.localdate(meeting.starts_at), path=reverse("my_meetings:detail", args=[meeting.pk]),
            )  # fmt: skip
        else:
            forget_activity(partner=partner, key=key)
