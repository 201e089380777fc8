"""SignUp: what one organisation has asked for. Seat: the place of one named person, who comes, waits, or came."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting, Mode
from meetings.states import STANDING, TAKING, SeatState
from partners.models import Partner
from portal.tenancy.models import TenantModel


class Question(TenantModel):
    """What the organiser asks of everybody who signs up."""

    class Kind(models.TextChoices):
        TEXT = "text", _("1行")
        LONG = "long", _("文章")
        ONE = "one", _("一つ選ぶ")
        SEVERAL = "several", _("いくつでも選ぶ")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(_("質問"), max_length=120)
    kind = models.CharField(_("答え方"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = ArrayField(
        models.CharField(max_length=60), verbose_name=_("選択肢"), default=list, blank=True,
        help_text=_("コンマで区切って並べます。"),
    )  # fmt: skip
    is_required = models.BooleanField(_("必須"), default=False)

    class Meta:
        verbose_name = _("申込みでの質問")
        verbose_name_plural = _("申込みでの質問")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class SignUp(TenantModel):
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="sign_ups")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    # By the question's number.
    answers = models.JSONField(_("回答"), default=dict)
    note = models.CharField(_("連絡"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("申込日時"), default=timezone.now)
    changed_at = models.DateTimeField(_("更新日時"), default=timezone.now)
    # One more for each change of who comes; a form says which one it was filled in from.
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("申込み")
        verbose_name_plural = _("申込み")
        constraints = [
            models.UniqueConstraint(fields=["programme", "meeting", "partner"], name="one_sign_up_per_partner")
        ]

    def __str__(self) -> str:
        return self.partner.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def standing(self) -> "SeatQuerySet":
        return self.filter(state__in=STANDING)

    def taking(self) -> "SeatQuerySet":
        return self.filter(state__in=TAKING)

    def confirmed(self) -> "SeatQuerySet":
        return self.filter(state=SeatState.CONFIRMED)

    def waiting(self) -> "SeatQuerySet":
        return self.filter(state=SeatState.WAITING)

    def overdue(self, now: datetime) -> "SeatQuerySet":
        """Held for somebody who has not answered in time."""
        return self.filter(state=SeatState.OFFERED, held_until__lte=now)


def new_token() -> str:
    return get_random_string(40)


class Seat(TenantModel):
    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE, related_name="seats")
    # Of the sign-up; here too, so that the database can refuse a person's second place.
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="seats", verbose_name=_("交流会"))
    name = models.CharField(_("氏名"), max_length=80)
    email = models.EmailField(_("メールアドレス"))
    title = models.CharField(_("部署・役職"), max_length=120, blank=True)
    mode = models.CharField(_("参加方法"), max_length=10, choices=Mode.choices)
    language = models.CharField(max_length=8, default="ja")
    state = models.CharField(_("状態"), max_length=12, choices=SeatState.choices)
    # From when the person's turn on the waiting list counts.
    since = models.DateTimeField(_("申込日時"), default=timezone.now)
    held_until = models.DateTimeField(_("ご案内の期限"), null=True)
    cancelled_at = models.DateTimeField(_("取消しの日時"), null=True)
    attended_at = models.DateTimeField(_("出席の確認"), null=True)
    # The start of the meeting of which the person was reminded: another day is another reminder.
    reminded_for = models.DateTimeField(null=True)
    # In the links of this person's mails: leave, take an offered place, undo.
    token = models.CharField(max_length=40, default=new_token, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    # Of the person's calendar entry, beside the meeting's own.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("参加者")
        verbose_name_plural = _("参加者")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "meeting", "email"],
                condition=models.Q(state__in=STANDING),
                name="one_place_per_person_and_meeting",
            ),
            models.UniqueConstraint(fields=["programme", "token"], name="one_seat_per_token"),
            models.CheckConstraint(
                condition=models.Q(email=models.functions.Lower("email")), name="seat_email_is_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(state=SeatState.OFFERED, held_until__isnull=False)
                | ~models.Q(state=SeatState.OFFERED) & models.Q(held_until__isnull=True),
                name="only_an_offered_seat_is_held",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "meeting", "mode", "state"], name="seat_by_meeting"),
            models.Index(
                fields=["programme", "held_until"], condition=models.Q(state=SeatState.OFFERED), name="seat_by_hold"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    @property
    def is_confirmed(self) -> bool:
        return self.state == SeatState.CONFIRMED

    @property
    def is_offered(self) -> bool:
        return self.state == SeatState.OFFERED
