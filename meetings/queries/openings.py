"""Consultations with something to choose now, by day: for the lists, the month and the calendar of who may book them.

Those are the people of the programme's partners, as on a consultation's own page; nothing of it is public.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.ics import Entry
from meetings.models import Consultation, Reservation, Slot
from meetings.queries.slots import SlotLine
from meetings.states import MeetingState
from portal.tenancy.scope import current_programme
from portal.web.links import absolute_url


@dataclass(frozen=True)
class Opening:
    """One day of a consultation: what of it can be chosen, in the order of the clock."""

    consultation: Consultation
    lines: Sequence[SlotLine]

    @property
    def starts_at(self) -> datetime:
        return self.lines[0].slot.starts_at

    @property
    def ends_at(self) -> datetime:
        return max(line.slot.ends_at for line in self.lines)

    @property
    def on(self) -> date:
        return timezone.localdate(self.starts_at)

    @property
    def url(self) -> str:
        return reverse("my_meetings:consultation", args=[self.consultation.pk])

    @property
    def standing(self) -> str:
        is_drawn_for = all(line.is_drawn_for for line in self.lines)
        return _("抽選の申込み受付中") if is_drawn_for else _("予約受付中")


@dataclass(frozen=True)
class Offer:
    """A consultation with what of it is open; with the names that `offered` gives, for the same template."""

    pk: int
    title: str
    closes_at: datetime | None
    draw_at: datetime | None
    drawn_at: datetime | None
    first_at: datetime
    last_at: datetime
    slot_count: int


def openings_for(partner_id: int, now: datetime) -> list[Opening]:
    """Not of a consultation in which the organisation has a reservation already: it has one at a time. One query."""
    reserved = Reservation.objects.standing().filter(partner=partner_id).values("consultation")
    slots = (
        Slot.objects.standing()
        .with_counts()
        .filter(consultation__state=MeetingState.PUBLISHED, closes_at__gt=now)
        .exclude(consultation__in=reserved)
        .select_related("consultation")
        .order_by("starts_at", "id")
    )
    days: dict[tuple[int, date], list[SlotLine]] = {}
    for slot in slots:
        line = SlotLine(slot, slot.phase(slot.consultation, now))
        if line.may_choose:
            days.setdefault((slot.consultation_id, timezone.localdate(slot.starts_at)), []).append(line)
    return [Opening(lines[0].slot.consultation, lines) for lines in days.values()]


def offers_of(openings: Iterable[Opening]) -> list[Offer]:
    """The nearest first."""
    found: dict[int, list[Opening]] = {}
    for one in openings:
        found.setdefault(one.consultation.pk, []).append(one)
    return [_offer(days) for days in found.values()]


def _offer(days: Sequence[Opening]) -> Offer:
    one = days[0].consultation
    return Offer(
        one.pk, one.title, one.closes_at, one.draw_at, one.drawn_at,
        first_at=days[0].starts_at, last_at=days[-1].starts_at, slot_count=sum(len(day.lines) for day in days),
    )  # fmt: skip


def entry_of_opening(opening: Opening, now: datetime) -> Entry:
    """One for each day; it leaves the calendar when nothing is open any more."""
    places = dict.fromkeys(line.slot.place for line in opening.lines)
    return Entry(
        uid=f"consultation-{opening.consultation.pk}-{opening.on:%Y%m%d}@{current_programme().primary_host}",
        sequence=0,
        starts_at=opening.starts_at,
        ends_at=opening.ends_at,
        summary=_("%(title)s（%(standing)s）") % {"title": opening.consultation.title, "standing": opening.standing},
        changed_at=now,
        location="、".join(places),
        url=absolute_url(opening.url),
    )
