"""Reads of meetings: lists of constant cost, what a page shows, how many places are left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from meetings.models import Meeting, MeetingSettings, Mode, Question
from meetings.models.meetings import MeetingQuerySet
from meetings.rules import is_open
from meetings.states import TAKING, MeetingState, SeatState
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.dates import long_moment
from portal.web.registry import Address


def meeting_settings() -> MeetingSettings:
    """The programme's; the usual ones where nobody has set any."""
    return MeetingSettings.objects.first() or MeetingSettings()


def why_closed(meeting: Meeting, now: datetime) -> str:
    """Empty if one may sign up, change or cancel now; otherwise the reason, and whom to ask."""
    if meeting.state == MeetingState.CANCELLED:
        return _("この会は中止になりました。")
    if meeting.state != MeetingState.PUBLISHED or not meeting.takes_sign_ups:
        return _("この会は、このサイトでは申込みを受け付けていません。")
    if is_open(now, meeting.opens_at, meeting.closes_at):
        return ""
    if meeting.opens_at and now < meeting.opens_at:
        return _("申込みは、%sから受け付けます。") % _moment(meeting.opens_at)
    return _("申込みは、%(closed)sに締め切りました。ご事情のある方は、事務局（%(phone)s）へお尋ねください。") % {
        "closed": _moment(meeting.closes_at), "phone": current_programme().phone or current_programme().email,
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return long_moment(timezone.localtime(at), get_language() or "ja")


def with_counts(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Each with how many places are taken, by mode, and how many people wait: in the same query."""
    counts = {
        f"{mode}_{name}": Count("seats", filter=Q(seats__mode=mode, seats__state__in=states))
        for mode in Mode.values
        for name, states in (("taken", TAKING), ("waiting", (SeatState.WAITING,)))
    }
    return meetings.annotate(**counts)


ASKED = ("id", "text", "kind", "choices", "is_required")


def with_questions(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Each with what its organiser asks, in the same query."""
    rows = Question.objects.filter(meeting=OuterRef("pk")).order_by("id")
    return meetings.annotate(asked=ArraySubquery(rows.values(row=JSONObject(**{name: name for name in ASKED}))))


def questions_of(meeting: Meeting) -> list[Question]:
    """Of a meeting that `with_questions` gave."""
    return [Question(**row) for row in getattr(meeting, "asked")]  # noqa: B009 - a column of the query, not of the model


@dataclass(frozen=True)
class Room:
    """How full one way of taking part is."""

    mode: Mode
    capacity: int | None
    taken: int
    waiting: int

    @property
    def label(self) -> str:
        return str(self.mode.label)

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def is_full(self) -> bool:
        return self.left == 0


def rooms_of(meeting: Meeting) -> list[Room]:
    """Of a meeting that `with_counts` gave."""
    return [
        Room(mode, meeting.capacity(mode), getattr(meeting, f"{mode}_taken"), getattr(meeting, f"{mode}_waiting"))
        for mode in meeting.modes
    ]


@dataclass(frozen=True)
class Standing:
    """How a meeting stands, in a word and a colour."""

    label: str
    tone: str = ""


def standing_of(meeting: Meeting, rooms: Sequence[Room], now: datetime) -> Standing:
    if meeting.is_cancelled:
        return Standing(_("中止"), "error")
    if now >= meeting.ends_at:
        return Standing(_("終了"))
    if not meeting.takes_sign_ups:
        return Standing(_("開催予定"), "info")
    if meeting.opens_at and now < meeting.opens_at:
        return Standing(_("受付前"), "info")
    if now >= meeting.closes_at:
        return Standing(_("締切"))
    if all(room.is_full for room in rooms):
        return Standing(_("満席（キャンセル待ち受付中）"), "warning")
    return Standing(_("受付中"), "success")


@dataclass(frozen=True)
class Line:
    """A meeting in a list."""

    meeting: Meeting
    standing: Standing
    url: str


def lines_of(meetings: Sequence[Meeting], now: datetime, url_name: str = "meetings:detail") -> list[Line]:
    return [
        Line(meeting, standing_of(meeting, rooms_of(meeting), now), reverse(url_name, args=[meeting.pk]))
        for meeting in meetings
    ]


def public_addresses() -> Iterator[Address]:
    if current_programme().has(Feature.MEETINGS):
        yield Address(reverse("meetings:list"))
        for pk, changed in Meeting.objects.public().values_list("pk", "changed_at"):
            yield Address(reverse("meetings:detail", args=[pk]), changed)
