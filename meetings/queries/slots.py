"""Reads of consultations: what is offered, each slot as one may choose it, an organisation's reservations, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from meetings.models import Consultation, Reservation, Slot
from meetings.rules import may_undo
from meetings.slots import Phase
from meetings.states import MeetingState, ReservationState
from partners.models import Member
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, MemberRole
from portal.web.dates import long_moment
from portal.web.registry import Receiver, Segment, WorkItem, WorkQueue


def why_not(slot: Slot, consultation: Consultation, now: datetime) -> str:
    """Empty if the slot can be chosen first now; otherwise the reason. Of a slot with its counts."""
    line = SlotLine(slot, slot.phase(consultation, now))
    if line.may_choose:
        return ""
    if slot.is_called_off:
        return _("この枠は中止になりました。")
    match line.phase:
        case Phase.EARLY:
            return _("受付は、%sから始まります。") % _moment(consultation.opens_at)
        case Phase.DRAWING:
            return _("抽選の申込みは締め切りました。抽選のあとに空きがあれば、先着順で受け付けます。")
        case Phase.OPEN:
            return _("この枠は、埋まりました。ほかの枠を選んでください。")
    return _("この枠の受付は終わりました。ご事情のある方は、事務局（%s）へお尋ねください。") % (
        current_programme().phone or current_programme().email
    )


def _moment(at: datetime | None) -> str:
    return long_moment(timezone.localtime(at), get_language() or "ja") if at else ""


@dataclass(frozen=True)
class SlotLine:
    """A slot as one may choose it."""

    slot: Slot
    phase: Phase

    @property
    def left(self) -> int:
        return max(self.slot.places - self.slot.taken, 0)

    @property
    def may_choose(self) -> bool:
        return self.phase == Phase.ENTRIES or (self.phase == Phase.OPEN and self.left > 0)

    @property
    def may_be_second(self) -> bool:
        """Until the draw a place may become free, even where there is none now."""
        return self.phase in (Phase.ENTRIES, Phase.OPEN)

    @property
    def in_words(self) -> str:
        """How one gets it, beside its time and place in a form."""
        if self.is_drawn_for:
            facts = {"places": self.slot.places, "firsts": self.slot.firsts}
            return _("抽選：定員%(places)d件、いまの申込み%(firsts)d件") % facts
        return _("先着順：残り%d件") % self.left

    @property
    def is_drawn_for(self) -> bool:
        """Places are given by the draw, which is still to come."""
        return self.phase in (Phase.ENTRIES, Phase.DRAWING)

    @property
    def standing(self) -> tuple[str, str]:
        """How it stands, in a word and a colour."""
        match self.phase:
            case Phase.EARLY:
                return _("受付前"), "info"
            case Phase.ENTRIES:
                return _("抽選の申込み受付中"), "success"
            case Phase.DRAWING:
                return _("抽選待ち"), "info"
            case Phase.OPEN:
                return (_("残り%d件") % self.left, "success") if self.left else (_("空きなし"), "warning")
        return (_("中止"), "error") if self.slot.is_called_off else (_("受付終了"), "")


def lines_of(consultation: Consultation, now: datetime) -> list[SlotLine]:
    """What is still to come. One query, however many."""
    slots = Slot.objects.with_counts().filter(consultation=consultation, ends_at__gt=now).order_by("starts_at", "id")
    return [SlotLine(slot, slot.phase(consultation, now)) for slot in slots]


def offered(now: datetime) -> "QuerySet[Consultation]":
    """Published, with something to come; each with its first and last day. One query."""
    coming = Q(slots__ends_at__gt=now, slots__called_off_at=None)
    found = Consultation.objects.filter(state=MeetingState.PUBLISHED).annotate(
        first_at=Min("slots__starts_at", filter=coming),
        last_at=Max("slots__starts_at", filter=coming),
        slot_count=Count("slots", filter=coming),
    )
    return found.filter(slot_count__gt=0).order_by("first_at", "id")


def consultations_there_are(actor: Actor) -> list[QuerySet[Any]]:
    """Anything on the page of consultations for this organisation."""
    return [offered(timezone.now()), Reservation.objects.filter(partner=actor.place.partner_id)]


def reservations_of(partner_id: int) -> Any:
    return Reservation.objects.filter(partner=partner_id).with_all()


def standing_of(consultation: Consultation, partner_id: int) -> Reservation | None:
    found: Reservation | None = reservations_of(partner_id).standing().filter(consultation=consultation).first()
    return found


@dataclass(frozen=True)
class ReservationView:
    """A reservation as its organisation sees it."""

    reservation: Reservation
    may_change: bool
    may_cancel: bool
    may_undo: bool

    @property
    def is_late(self) -> bool:
        """To cancel is now to say that nobody will come."""
        return self.may_cancel and not self.may_change

    @property
    def tone(self) -> str:
        states = ReservationState
        tones = {
            states.CONFIRMED: "success",
            states.APPLIED: "info",
            states.LOST: "warning",
            states.CALLED_OFF: "error",
        }
        return tones.get(states(self.reservation.state), "")

    @property
    def at(self) -> datetime:
        """By which it is sorted: the time that was decided, the slot, or the first wish."""
        one = self.reservation
        return one.begins_at or (one.slot or one.first).starts_at

    @property
    def slot(self) -> Slot | None:
        """What it has. Who gave it back has it no more."""
        return self.reservation.slot if self.reservation.state != ReservationState.CANCELLED else None


def reservation_view(reservation: Reservation, now: datetime) -> ReservationView:
    slot, is_on = reservation.slot, reservation.is_standing
    last = slot.ends_at if slot else max(one.ends_at for one in (reservation.first, reservation.second) if one)
    return ReservationView(
        reservation,
        may_change=is_on and now < (slot.closes_at if slot else last),
        may_cancel=is_on and now < last,
        may_undo=reservation.state == ReservationState.CANCELLED and may_undo(reservation.cancelled_at, now),
    )


def own_reservations(partner_id: int, now: datetime) -> tuple[list[ReservationView], list[ReservationView]]:
    """What is to come, the nearest first, and what was. One query."""
    views = [reservation_view(one, now) for one in reservations_of(partner_id)]
    coming = [view for view in views if view.may_cancel or view.may_undo]
    past = [view for view in views if view not in coming]
    return sorted(coming, key=lambda view: view.at), sorted(past, key=lambda view: view.at, reverse=True)


# --- What waits for staff --------------------------------------------------------------------------------------------


def _confirmed() -> Any:
    return Reservation.objects.confirmed().with_all().order_by("slot__starts_at", "id")


def untimed(now: datetime) -> Any:
    """Staff must still say when."""
    return _confirmed().untimed().filter(slot__ends_at__gt=now)


def unrecorded(now: datetime) -> Any:
    """Over, and nobody has said whether they came."""
    return _confirmed().filter(slot__ends_at__lte=now)


def _items(found: Sequence[Reservation]) -> list[WorkItem]:
    return [
        WorkItem(
            str(one), reverse("admin:meetings_reservation_change", args=[one.pk]), since=one.changed_at,
            due_at=one.slot.starts_at if one.slot else None,
            subject_type=Reservation._meta.label_lower, subject_id=str(one.pk),
        )
        for one in found
    ]  # fmt: skip


times_queue = WorkQueue(
    label=gettext_lazy("時刻を決める相談"),
    url=lambda: f"{reverse('admin:meetings_reservation_changelist')}?state__exact=confirmed",
    count=lambda: int(untimed(timezone.now()).count()),
    items=lambda: _items(untimed(timezone.now())[:200]),
    feature=Feature.MEETINGS,
)
record_queue = WorkQueue(
    label=gettext_lazy("出欠の記録がまだの相談"),
    url=lambda: f"{reverse('admin:meetings_reservation_changelist')}?state__exact=confirmed",
    count=lambda: int(unrecorded(timezone.now()).count()),
    items=lambda: _items(unrecorded(timezone.now())[:200]),
    feature=Feature.MEETINGS,
)


def _choices() -> list[tuple[str, str]]:
    found = Consultation.objects.filter(reservations__isnull=False).distinct().order_by("-id")[:50]
    return [(str(one.pk), one.title) for one in found]


def _people(consultation_id: str) -> Any:
    """Whom every mail about a reservation reaches: who made it and the owners, as far as they belong to the partner."""
    of_partner = Reservation.objects.confirmed().filter(consultation=int(consultation_id), partner=OuterRef("partner"))
    has_made = Exists(of_partner.filter(made_by=OuterRef("user")))
    people = Member.objects.active().filter(Exists(of_partner))
    return people.filter(Q(has_made) | Q(role=MemberRole.OWNER)).order_by("id")


def _receivers(consultation_id: str) -> list[Receiver]:
    rows = _people(consultation_id).values_list("user__email", "user__name", "partner__name")
    return [Receiver(*row) for row in rows]


def _rows_of(consultation_id: str, user: Any) -> Any:
    return _people(consultation_id).filter(user=user)


SEGMENTS = {"meetings.reservations": Segment(gettext_lazy("相談の予約が決まった方"), _choices, _receivers, _rows_of)}
