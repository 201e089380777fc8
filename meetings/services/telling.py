"""Mails to the people of a meeting, with the entry for their calendar."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from meetings.ics import Entry, calendar
from meetings.models import Meeting, Seat
from portal.outbox.messages import Attachment
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme
from portal.web.links import absolute_url

# What changes a calendar, and how; other mails carry no entry.
METHODS = {
    "meetings.confirmed": "REQUEST",
    "meetings.moved": "REQUEST",
    "meetings.called_off": "CANCEL",
    "meetings.left": "CANCEL",
}


def tell_seat(*, message: str, seat: Seat, meeting: Meeting, data: Mapping[str, Any] | None = None) -> None:
    """The same thing is told once; after another change of the place or the meeting it may be told again."""
    method = METHODS.get(message) if seat.is_confirmed or message == "meetings.left" else None
    queue_mail(
        message=message,
        to=seat.email,
        dedupe_key=f"{message}:{seat.pk}:{seat.sequence}:{meeting.sequence}",
        data={"seat": seat.pk, **(data or {})},
        language=seat.language,
        about=meeting,
        attachments=[attachment_of(seat, meeting, method)] if method else [],
    )


def attachment_of(seat: Seat, meeting: Meeting, method: str) -> Attachment:
    with override(seat.language):
        entry = entry_of_seat(seat, meeting, is_cancelled=method == "CANCEL")
    content_type = f"text/calendar; method={method}; charset=utf-8"
    return Attachment("meeting.ics", content_type, calendar([entry], method=method))


def entry_of_seat(seat: Seat, meeting: Meeting, *, is_cancelled: bool = False) -> Entry:
    """Never with the address to join: calendars are passed on and shared."""
    programme, link = current_programme(), absolute_url(reverse("meetings:place", args=[seat.token]))
    return Entry(
        uid=f"{seat.uid}@{programme.primary_host}",
        sequence=meeting.sequence + seat.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=meeting.title,
        changed_at=meeting.changed_at,
        location="、".join(part for part in (meeting.venue, meeting.venue_address) if part)
        if seat.mode == "onsite"
        else _("オンライン"),
        description=_("予約の確認・変更・取消し：\n%s") % link,
        url=link,
        is_cancelled=is_cancelled,
        organizer=(programme.local("operator"), programme.email),
        attendee=seat.email,
    )


def entry_of_meeting(meeting: Meeting, page: str) -> Entry:
    """For feeds and "add to calendar": what everybody may know who may see the meeting."""
    return Entry(
        uid=f"{meeting.uid}@{current_programme().primary_host}",
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=meeting.title,
        changed_at=meeting.changed_at,
        location="、".join(part for part in (meeting.venue, meeting.venue_address) if part)
        if meeting.has_onsite
        else "",
        description=meeting.summary,
        url=page,
        is_cancelled=meeting.is_cancelled,
    )
