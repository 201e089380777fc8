"""Reads for the door and the list of participants, and the work that a past meeting leaves."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Seat
from meetings.states import MeetingState
from portal.tenancy.models import Feature
from portal.web.registry import WorkItem, WorkQueue

# Older ones are not asked for any more.
ASKED_FOR = timedelta(days=60)


def participants_of(meeting: Meeting) -> "QuerySet[Seat]":
    """Everybody with a place, as the list at the door names them: by organisation."""
    seats = Seat.objects.confirmed().filter(meeting=meeting).select_related("sign_up__partner")
    return seats.order_by("sign_up__partner__kana", "sign_up__partner__name", "id")


def without_attendance() -> "QuerySet[Meeting]":
    now = timezone.now()
    seats = Seat.objects.confirmed().filter(meeting=OuterRef("pk"))
    past = Meeting.objects.filter(state=MeetingState.PUBLISHED, ends_at__lte=now, ends_at__gt=now - ASKED_FOR)
    return past.filter(Exists(seats), ~Exists(seats.filter(attended_at__isnull=False))).order_by("ends_at")


def _items() -> Sequence[WorkItem]:
    return [
        WorkItem(meeting.title, reverse("admin:meetings_meeting_people", args=[meeting.pk]), since=meeting.ends_at)
        for meeting in without_attendance()[:200]
    ]


attendance_queue = WorkQueue(
    label=_("出席の記録がまだの会"),
    url=lambda: reverse("admin:meetings_meeting_changelist"),
    count=lambda: without_attendance().count(),
    items=_items,
    feature=Feature.MEETINGS,
)
