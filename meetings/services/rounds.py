"""What the clock starts: offers that have ended, reminders that are due. Twice does nothing twice."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from meetings.models import Meeting, Seat
from meetings.queries.meetings import meeting_settings
from meetings.rules import reminder_at
from meetings.services.seats import end_offers
from meetings.services.telling import tell_seat
from meetings.states import MeetingState
from portal.tenancy.rounds import for_each_row


def end_all_offers(*, now: datetime) -> None:
    overdue = Seat.objects.overdue(now).order_by("meeting").values_list("meeting", flat=True).distinct()
    for_each_row(overdue, lambda meeting_id: end_offers(meeting_id=meeting_id, now=now))


def send_reminders(*, now: datetime) -> int:
    """To everybody who comes, from the reminder's hour until the meeting begins: a missed hour is made up for."""
    at, told = meeting_settings().reminder_time, list[int]()
    soon = Meeting.objects.filter(
        state=MeetingState.PUBLISHED, starts_at__gt=now, starts_at__lte=now + timedelta(days=2)
    )
    due = [meeting.pk for meeting in soon if reminder_at(meeting.starts_at, at) <= now]
    for_each_row(due, lambda pk: told.append(_remind(pk)))
    return sum(told)


def _remind(meeting_id: int) -> int:
    seats = Seat.objects.confirmed().filter(meeting=meeting_id)
    told = list(seats.filter(Q(reminded_for=None) | ~Q(reminded_for=F("meeting__starts_at"))).select_related("meeting"))
    for seat in told:
        tell_seat(message="meetings.reminder", seat=seat, meeting=seat.meeting)
        seat.reminded_for = seat.meeting.starts_at
    Seat.objects.bulk_update(told, ["reminded_for"])
    return len(told)
