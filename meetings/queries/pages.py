"""What the pages of meetings show: the list with its filters, one meeting with its programme and materials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator

from meetings.models import Meeting
from meetings.models.meetings import MeetingQuerySet
from meetings.queries.meetings import lines_of, rooms_of, standing_of, why_closed, with_counts
from meetings.queries.talks import talks_of_meeting
from portal.files.models import StoredFile
from portal.web.access import Actor

PER_PAGE = 50
MATERIALS = "materials"


def meeting_list(meetings: MeetingQuerySet, asked: Mapping[str, str], now: datetime, url_name: str) -> dict[str, Any]:
    """What is to come, or what was; of one kind, if one is asked for. Two queries."""
    is_past, kind = asked.get("when") == "past", asked.get("kind", "")
    found = meetings.past(now) if is_past else meetings.upcoming(now)
    if kind in Meeting.Kind.values:
        found = found.filter(kind=kind)
    page = Paginator(with_counts(found), PER_PAGE).get_page(asked.get("page"))
    return {
        "page": page,
        "lines": lines_of(list(page.object_list), now, url_name),
        "is_past": is_past,
        "kind": kind,
        "kinds": Meeting.Kind.choices,
    }


def meeting_page(meeting: Meeting, now: datetime) -> dict[str, Any]:
    """Of a meeting that `with_counts` gave. Three queries: its programme, its speakers, its materials."""
    rooms = rooms_of(meeting)
    return {
        "meeting": meeting,
        "rooms": rooms,
        "standing": standing_of(meeting, rooms, now),
        "why_closed": why_closed(meeting, now),
        "is_over": now >= meeting.ends_at,
        "days_left": (meeting.closes_at - now).days,
        "items": list(meeting.items.all()),
        "talks": talks_of_meeting(meeting),
        "files": list(StoredFile.objects.of(meeting, MATERIALS)),
    }


def may_have_materials(actor: Actor, meeting: Any) -> bool:
    """Whoever may see the meeting. Asked first for everybody, so that what is public reads no session."""
    if meeting.is_public:
        return True
    return not actor.is_anonymous and Meeting.objects.visible_to(actor).filter(pk=meeting.pk).exists()
