"""Consultation: what is offered, with its lottery. Slot: a time of it. Reservation: what an organisation has asked for.
Draw: the lottery as it was held, for good.
"""

import uuid
from datetime import datetime, timedelta
from math import ceil
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meetings.slots import Phase, Terms, phase_of
from meetings.states import PLACED, RESERVED, MeetingState, ReservationState
from partners.models import Partner
from portal.tenancy.models import TenantModel
from portal.web.dates import span
from portal.web.languages import JAPANESE
from portal.web.models import EnteredOnBehalf


class Consultation(TenantModel):
    title = models.CharField(_("題名"), max_length=80, help_text=_("例：専門家カウンセリング（7月）"))
    text = models.TextField(
        _("内容"), blank=True, max_length=4000,
        help_text=_("だれに、何を相談できるか。空の行で段落を分けます。"),
    )  # fmt: skip
    minutes = models.PositiveSmallIntegerField(
        _("1件の長さ（分）"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)],
        help_text=_("枠がこれより長いときは、時刻をあとで決めてお知らせします。"),
    )  # fmt: skip
    opens_at = models.DateTimeField(
        _("受付の開始"), null=True, blank=True, help_text=_("空のときは、公開してすぐに始まります。")
    )
    closes_at = models.DateTimeField(
        _("抽選の申込みの締切"), null=True, blank=True, help_text=_("抽選の枠があるときに決めます。")
    )
    draw_at = models.DateTimeField(
        _("抽選の日時"), null=True, blank=True, help_text=_("この時刻に自動で抽選し、結果をメールでお知らせします。")
    )
    state = models.CharField(
        _("状態"), max_length=12, choices=MeetingState.choices, default=MeetingState.DRAFT, editable=False
    )
    drawn_at = models.DateTimeField(_("抽選した日時"), null=True, editable=False)

    class Meta:
        verbose_name = _("予約制の相談")
        verbose_name_plural = _("予約制の相談")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at=None, draw_at=None) | Q(closes_at__isnull=False, draw_at__gte=models.F("closes_at")),
                name="a_draw_follows_its_closing",
                violation_error_message=_("抽選の日時は、申込みの締切よりあとにしてください。両方とも決めるか、両方とも空にします。"),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["programme", "draw_at"], condition=Q(drawn_at=None), name="consultation_to_draw")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == MeetingState.PUBLISHED

    @property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None


class SlotQuerySet(models.QuerySet["Slot"]):
    def standing(self) -> "SlotQuerySet":
        return self.filter(called_off_at=None)

    def with_counts(self) -> "SlotQuerySet":
        """Each with how many places are given, and how many who wait for the draw name it first and second."""
        waiting = Reservation.objects.filter(state=ReservationState.APPLIED)
        counts = {
            "taken": _number(Reservation.objects.placed(), "slot"),
            "firsts": _number(waiting, "first"),
            "seconds": _number(waiting, "second"),
        }
        return self.annotate(**counts)


def _number(reservations: "ReservationQuerySet", column: str) -> Coalesce:
    """Of those that name the slot in this column."""
    found = reservations.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)


class Slot(TenantModel):
    class Mode(models.TextChoices):
        FIRST_COME = "first_come", _("先着順")
        LOTTERY = "lottery", _("抽選")

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="slots", verbose_name=_("予約制の相談")
    )
    starts_at = models.DateTimeField(_("開始"))
    ends_at = models.DateTimeField(_("終了"))
    place = models.CharField(_("場所"), max_length=120, help_text=_("会場の名前か、「オンライン」など。"))
    mode = models.CharField(_("決め方"), max_length=12, choices=Mode.choices, default=Mode.FIRST_COME)
    capacity = models.PositiveSmallIntegerField(_("定員（件）"), default=1, validators=[MinValueValidator(1)])
    held = models.PositiveSmallIntegerField(
        _("取り置き（件）"),
        default=0,
        help_text=_("定員のうち、事務局が取り置く数です。申込みや抽選では使われません。"),
    )
    # By the programme's rule of closing; kept, so that lists need not work it out.
    closes_at = models.DateTimeField(_("締切"), editable=False)
    called_off_at = models.DateTimeField(_("中止の日時"), null=True, editable=False)
    notice = models.CharField(_("中止の理由"), max_length=300, blank=True, editable=False)

    objects: ClassVar = SlotQuerySet.as_manager()
    # Columns of with_counts().
    taken: int
    firsts: int
    seconds: int

    class Meta:
        verbose_name = _("相談の枠")
        verbose_name_plural = _("相談の枠")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "consultation", "starts_at", "place"],
                condition=Q(called_off_at=None),
                name="one_slot_per_time_and_place",
                violation_error_message=_("同じ日時と場所の枠があります。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="slot_ends_after_it_begins",
                violation_error_message=_("終了は、開始よりあとの日時にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(held__lte=models.F("capacity")),
                name="no_more_held_than_there_are",
                violation_error_message=_("取り置きは、定員までの数にしてください。"),
            ),
        ]
        indexes = [models.Index(fields=["programme", "starts_at"], name="slot_by_start")]

    def __str__(self) -> str:
        return f"{span(timezone.localtime(self.starts_at), timezone.localtime(self.ends_at))} {self.place}"

    @property
    def in_words(self) -> str:
        """As `str`, in the reader's language."""
        times = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return f"{span(*times, get_language() or JAPANESE)} {self.place}"

    @property
    def is_lottery(self) -> bool:
        return self.mode == self.Mode.LOTTERY

    @property
    def places(self) -> int:
        """That anybody may get."""
        return self.capacity - self.held

    def held_left(self, now: datetime) -> int:
        """Places held back that staff may still give: until it begins."""
        return 0 if self.is_called_off or now >= self.starts_at else self.held

    def at_once(self, length: timedelta) -> int:
        """How many consultations must run beside each other, so that all of its places fit in."""
        return max(ceil(self.capacity * length / (self.ends_at - self.starts_at)), 1)

    @property
    def is_called_off(self) -> bool:
        return self.called_off_at is not None

    def phase(self, consultation: Consultation, now: datetime) -> Phase:
        if self.is_called_off or not consultation.is_published:
            return Phase.CLOSED
        terms = Terms(
            self.closes_at, consultation.opens_at, self.is_lottery, consultation.closes_at, consultation.is_drawn
        )
        return phase_of(terms, now)


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def standing(self) -> "ReservationQuerySet":
        return self.filter(state__in=RESERVED)

    def placed(self) -> "ReservationQuerySet":
        return self.filter(state__in=PLACED)

    def confirmed(self) -> "ReservationQuerySet":
        return self.filter(state=ReservationState.CONFIRMED)

    def untimed(self) -> "ReservationQuerySet":
        """As `needs_time`."""
        length = models.ExpressionWrapper(
            models.F("consultation__minutes") * models.Value(timedelta(minutes=1)), models.DurationField()
        )
        return self.confirmed().filter(at=None, slot__ends_at__gt=models.F("slot__starts_at") + length)

    def with_all(self) -> "ReservationQuerySet":
        return self.select_related("consultation", "partner", "first", "second", "slot", "made_by")


class Reservation(EnteredOnBehalf, TenantModel):
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("予約制の相談")
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    first = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="named_first", verbose_name=_("第1希望"))
    second = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="named_second", verbose_name=_("第2希望")
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="given", verbose_name=_("決まった枠")
    )
    topic = models.TextField(_("相談したいこと"), max_length=800)
    wishes = models.CharField(_("時間の希望など"), max_length=120, blank=True, help_text=_("例：午後がよい、15時まで"))
    state = models.CharField(_("状態"), max_length=12, choices=ReservationState.choices)
    # Within a slot that is longer than one consultation; staff decide it.
    at = models.DateTimeField(_("決まった時刻"), null=True, blank=True)
    # What staff wrote with the time; the partner reads it.
    comment = models.TextField(_("事務局から"), blank=True)
    # The turn in the draw, from 1: the order, too, in which places that become free are given.
    turn = models.PositiveIntegerField(_("抽選の順番"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("予約した人")
    )
    made_at = models.DateTimeField(_("申込日時"), default=timezone.now)
    changed_at = models.DateTimeField(_("更新日時"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("取消しの日時"), null=True)
    # One more for each change; a form says which one it was filled in from.
    revision = models.PositiveIntegerField(default=0, editable=False)
    # The beginning of which the partner was reminded: another time is another reminder.
    reminded_for = models.DateTimeField(null=True, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)

    objects: ClassVar = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("相談の予約")
        verbose_name_plural = _("相談の予約")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "consultation", "partner"],
                condition=Q(state__in=RESERVED),
                name="one_reservation_per_partner",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PLACED) | Q(slot__isnull=False), name="a_placed_reservation_has_its_slot"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ReservationState.APPLIED, ReservationState.LOST]) | Q(slot=None),
                name="who_waits_has_no_slot",
            ),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=models.F("first")), name="two_choices_are_two_slots"
            ),
            *EnteredOnBehalf.Meta.constraints,
        ]
        indexes = [
            models.Index(fields=["programme", "consultation", "state"], name="reservation_by_consultation"),
            models.Index(fields=["programme", "partner", "-id"], name="reservation_by_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation}（{self.partner}）"

    @property
    def is_standing(self) -> bool:
        return self.state in RESERVED

    @property
    def is_confirmed(self) -> bool:
        return self.state == ReservationState.CONFIRMED

    def keeps_wishes(self, first_id: int, second_id: int | None) -> bool:
        """Of one that waits, for the draw or afterwards for a place that becomes free."""
        waits = self.state in (ReservationState.APPLIED, ReservationState.LOST)
        return bool(self.pk) and waits and (first_id, second_id) == (self.first_id, self.second_id)

    @property
    def needs_time(self) -> bool:
        """Staff must still say when, because the slot is longer than one consultation."""
        return self.is_confirmed and self.begins_at is None

    @property
    def begins_at(self) -> datetime | None:
        """None: not decided yet."""
        if self.at or self.slot is None:
            return self.at
        is_exact = self.slot.ends_at - self.slot.starts_at <= timedelta(minutes=self.consultation.minutes)
        return self.slot.starts_at if is_exact else None

    @property
    def finishes_at(self) -> datetime | None:
        return self.begins_at and self.begins_at + timedelta(minutes=self.consultation.minutes)

    def clean(self) -> None:
        if self.slot is None or self.at is None:
            return
        # A slot that is shorter than one consultation has its beginning alone.
        last = max(self.slot.ends_at - timedelta(minutes=self.consultation.minutes), self.slot.starts_at)
        if not self.slot.starts_at <= self.at <= last:
            raise ValidationError({"at": _("枠の中で、終わりまでに相談が済む時刻にしてください。")})


class Draw(TenantModel):
    """Everything that the result follows from; it is never changed, and can be followed again at any time."""

    database_rights: ClassVar[str] = "SELECT, INSERT"

    # One only: no draw is held twice.
    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="draw")
    seed = models.CharField(_("乱数の種"), max_length=64)
    at = models.DateTimeField(_("抽選した日時"), default=timezone.now)
    # {"places": {slot: number}, "given": {slot: number before the draw}, "entries": [[reservation, first, second]],
    #  "result": [[reservation, slot]]}
    data: Any = models.JSONField(_("申込みと席"))

    class Meta:
        verbose_name = _("抽選")
        verbose_name_plural = _("抽選")

    def __str__(self) -> str:
        return f"{self.consultation} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
