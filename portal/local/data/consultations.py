"""Consultations of Tokyo: one whose lottery is still to come, with a slot for whoever comes first, and one that was drawn."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from meetings.models import Consultation, Reservation, Slot
from meetings.rules import ClosingRule, closing_of
from meetings.services.draws import hold_draw
from meetings.states import MeetingState, ReservationState
from partners.models import Member, Partner
from partners.states import PartnerState
from portal.tenancy.models import Programme

TEXT = "ビジネスチャンスを探している中小企業の方に、専門家が無料でお答えします。販路、価格、資金繰り、人材など、どんなことでもご相談ください。"
TOPICS = ["海外の取引先との価格の決め方", "展示会のあとの営業の進め方", "補助金の使いみち", "後継者への引継ぎ"]


def load(programme: Programme) -> None:
    """Inside the programme's scope, after its people."""
    if programme.slug != "tokyo" or Consultation.objects.exists():
        return
    coming = _consultation("専門家カウンセリング（次回）", closes_in=7)
    slots = [
        _slot(coming, 20, "lottery", 3),
        _slot(coming, 21, "lottery", 5, held=1),
        _slot(coming, 23, "first_come", 6),
    ]
    _apply(coming, slots, 4)
    drawn = _consultation("専門家カウンセリング（今回）", closes_in=-2)
    slots = [_slot(drawn, 8, "lottery", 2), _slot(drawn, 9, "lottery", 1)]
    _apply(drawn, slots, 4)
    hold_draw(consultation_id=drawn.pk)


def _consultation(title: str, closes_in: int) -> Consultation:
    closes_at = _at(closes_in, 17)
    return Consultation.objects.create(
        title=title,
        text=TEXT,
        state=MeetingState.PUBLISHED,
        closes_at=closes_at,
        draw_at=closes_at + timedelta(hours=1),
    )


def _slot(consultation: Consultation, days: int, mode: str, capacity: int, held: int = 0) -> Slot:
    starts_at = _at(days, 9)
    return Slot.objects.create(
        consultation=consultation, starts_at=starts_at, ends_at=starts_at + timedelta(hours=7), place="秋葉原ビル 5階",
        mode=mode, capacity=capacity, held=held, closes_at=closing_of(starts_at, ClosingRule()),
    )  # fmt: skip


def _at(days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(hour)))


def _apply(consultation: Consultation, slots: list[Slot], number: int) -> None:
    partners = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")[:number]
    users = {member.partner_id: member.user for member in Member.objects.active().select_related("user")}
    usual = next(iter(users.values()))
    for partner, topic in zip(partners, TOPICS, strict=False):
        Reservation.objects.create(
            consultation=consultation, partner=partner, first=slots[0], second=slots[1], topic=topic,
            wishes="午後がよい", state=ReservationState.APPLIED, made_by=users.get(partner.pk, usual),
        )  # fmt: skip
