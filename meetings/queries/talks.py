"""Reads of talks: a partner's own, the board on which staff place them, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Talk
from meetings.states import MeetingState, TalkState
from portal.files.models import StoredFile
from portal.tenancy.models import Feature
from portal.web.access import Actor, MemberRole
from portal.web.registry import WorkItem, WorkQueue

SLIDES = "slides"


def with_slides(talks: Any) -> Any:
    """Each with whether its materials have come."""
    slides = StoredFile.objects.filter(owner_type=Talk._meta.label_lower, slot=SLIDES, owner_id=OuterRef("pk"))
    return talks.annotate(has_slides=Exists(slides))


@dataclass(frozen=True)
class Row:
    """A meeting of the board with what is spoken at it."""

    meeting: Meeting
    talks: Sequence[Talk]

    @property
    def minutes(self) -> int:
        return sum(talk.minutes for talk in self.talks)


def board(now: datetime) -> tuple[list[Row], list[Talk]]:
    """What is to come with its talks, and who waits for a meeting, perhaps since theirs was called off. Two queries."""
    meetings = list(Meeting.objects.exclude(state=MeetingState.CANCELLED).upcoming(now))
    placed: dict[int, list[Talk]] = {meeting.pk: [] for meeting in meetings}
    waiting: list[Talk] = []
    states = [TalkState.APPLIED, TalkState.ACCEPTED, TalkState.SCHEDULING, TalkState.CONFIRMED]
    for talk in (
        with_slides(Talk.objects.filter(state__in=states)).select_related("partner", "theme").order_by("at", "id")
    ):
        placed.get(talk.meeting_id, waiting).append(talk)
    return [Row(meeting, placed[meeting.pk]) for meeting in meetings], waiting


def talks_of_meeting(meeting: Meeting) -> list[Talk]:
    return list(Talk.objects.confirmed().filter(meeting=meeting).select_related("partner").order_by("at", "id"))


def may_have_talk_files(actor: Actor, talk: Any) -> bool:
    """Staff and the partner's own people."""
    return actor.is_staff() or (actor.is_member(MemberRole.VIEWER) and actor.place.partner_id == talk.partner_id)


def _items() -> Sequence[WorkItem]:
    return [
        WorkItem(
            str(talk), reverse("admin:meetings_talk_change", args=[talk.pk]), since=talk.asked_at,
            subject_type=Talk._meta.label_lower, subject_id=str(talk.pk),
        )
        for talk in Talk.objects.open().select_related("partner").order_by("asked_at")[:200]
    ]  # fmt: skip


talks_queue = WorkQueue(
    label=_("登壇の申込み"),
    url=lambda: reverse("admin:meetings_talk_changelist"),
    count=lambda: Talk.objects.open().count(),
    items=_items,
    feature=Feature.MEETINGS,
)
