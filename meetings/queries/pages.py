"""What the pages of meetings show: the list with its filters, one meeting with its programme and materials."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone

from meetings.calendars import month_of, neighbour, weeks_of
from meetings.models import GroupResult, Meeting, Video
from meetings.models.meetings import MeetingQuerySet
from meetings.queries.meetings import lines_of, rooms_of, standing_of, why_closed, with_counts
from meetings.queries.openings import Opening, offers_of
from meetings.queries.talks import talks_of_meeting
from portal.files.models import StoredFile
from portal.web.access import Actor
from portal.web.dates import fiscal_year_of

PER_PAGE = 50
YEAR = re.compile(r"20\d\d")
MATERIALS = "materials"


def meeting_list(
    meetings: MeetingQuerySet, asked: Mapping[str, str], now: datetime, url_name: str, openings: Sequence[Opening] = ()
) -> dict[str, Any]:
    """What is to come, what was, one fiscal year, or one month on the wall; narrowed as asked. At most three queries.

    `openings`: of consultations that the reader may book; they stand beside the meetings, but in no past and no year.
    """
    is_past, today = asked.get("when") == "past", timezone.localdate(now)
    chosen = {name: asked.get(name, "") for name in ("kind", "how", "year")}
    context = {
        **chosen,
        "is_past": is_past,
        "kinds": Meeting.Kind.choices,
        "hows": Meeting.Format.choices,
        "this_month": f"{today:%Y-%m}",
    }
    found = with_counts(_narrowed(meetings, **chosen))
    is_asked_for = chosen["kind"] in ("", Meeting.Kind.CONSULTATION) and not chosen["how"]
    openings = openings if is_asked_for else ()
    if "month" in asked:
        return context | {"month": _month(found, openings, month_of(asked["month"], today), now, url_name)}
    year = int(chosen["year"]) if YEAR.fullmatch(chosen["year"]) else None
    # Of a whole year, everything: it is the annual schedule.
    shown = found.past(now) if is_past else found.order_by("starts_at", "id") if year else found.upcoming(now)
    page = Paginator(shown, PER_PAGE).get_page(asked.get("page"))
    this_year = fiscal_year_of(today)
    return context | {
        "page": page,
        "lines": lines_of(list(page.object_list), now, url_name),
        "year": year,
        "years": range(this_year + 1, this_year - 6, -1),
        "offers": [] if is_past or year or page.number > 1 else offers_of(openings),
    }


def _narrowed(meetings: MeetingQuerySet, kind: str, how: str, year: str) -> MeetingQuerySet:
    if kind in Meeting.Kind.values:
        meetings = meetings.filter(kind=kind)
    if how in Meeting.Format.values:
        meetings = meetings.filter(format=how)
    return meetings.of_year(int(year)) if YEAR.fullmatch(year) else meetings


@dataclass(frozen=True)
class DayEntry:
    """What stands on a day of the wall."""

    starts_at: datetime
    title: str
    url: str
    remark: str = ""


def _month(
    meetings: MeetingQuerySet, openings: Sequence[Opening], first: date, now: datetime, url_name: str
) -> dict[str, Any]:
    after = neighbour(first, 1)
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, after))
    found = list(meetings.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "id"))
    entries = [
        DayEntry(
            line.meeting.starts_at,
            line.meeting.title,
            line.url,
            line.standing.label if line.meeting.is_cancelled else "",
        )
        for line in lines_of(found, now, url_name)
    ]
    entries += [DayEntry(one.starts_at, one.consultation.title, one.url, one.standing) for one in openings]
    by_day: dict[date, list[DayEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.starts_at):
        by_day.setdefault(timezone.localdate(entry.starts_at), []).append(entry)
    weeks = [[(day, by_day.get(day.on, [])) for day in week] for week in weeks_of(first)]
    has_entries = any(start <= entry.starts_at < end for entry in entries)
    return {"first": first, "weeks": weeks, "has_entries": has_entries, "before": neighbour(first, -1), "after": after}


def meeting_page(meeting: Meeting, now: datetime, *, is_public: bool) -> dict[str, Any]:
    """Of a meeting that `with_counts` gave. Five queries: programme, speakers, results, recordings, materials."""
    rooms = rooms_of(meeting)
    shown = Video.objects.public() if is_public else Video.objects.for_partners()
    return {
        "meeting": meeting,
        "rooms": rooms,
        "standing": standing_of(meeting, rooms, now),
        "why_closed": why_closed(meeting, now),
        "is_over": now >= meeting.ends_at,
        "days_left": (meeting.closes_at - now).days,
        "items": list(meeting.items.all()),
        "results": list(
            (GroupResult.objects.public() if is_public else GroupResult.objects.for_partners())
            .filter(meeting=meeting)
            .select_related("group")
        ),
        "videos": list(shown.filter(meeting=meeting)),
        "is_public": is_public,
        "talks": talks_of_meeting(meeting),
        "files": list(StoredFile.objects.of(meeting, MATERIALS)),
    }


def may_have_materials(actor: Actor, meeting: Any) -> bool:
    """Whoever may see the meeting. Asked first for everybody, so that what is public reads no session."""
    if meeting.is_public:
        return True
    return not actor.is_anonymous and Meeting.objects.visible_to(actor).filter(pk=meeting.pk).exists()
