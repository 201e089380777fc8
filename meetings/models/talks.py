"""Theme: what the programme looks for speakers on. Talk: a partner asks to speak, until it has spoken."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from meetings.states import TalkState
from partners.models import Partner
from portal.tenancy.models import TenantModel


class Theme(TenantModel):
    title = models.CharField(_("テーマ"), max_length=120)
    text = models.TextField(_("説明"), blank=True)
    is_open = models.BooleanField(_("登壇者を募集中"), default=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("募集するテーマ")
        verbose_name_plural = _("募集するテーマ")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class TalkQuerySet(models.QuerySet["Talk"]):
    def open(self) -> "TalkQuerySet":
        """Not decided to the end: somebody must still do something."""
        return self.filter(state__in=[TalkState.APPLIED, TalkState.ACCEPTED, TalkState.SCHEDULING])

    def confirmed(self) -> "TalkQuerySet":
        return self.filter(state__in=[TalkState.CONFIRMED, TalkState.DONE])


class Talk(TenantModel):
    """The items are those of the 登壇概要シート; who sends the sheet as a file need not type them again."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    theme = models.ForeignKey(
        Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("テーマ"),
        help_text=_("空のときは、どのテーマでもかまいません。"),
    )  # fmt: skip
    title = models.CharField(_("題目"), max_length=120)
    speaker = models.CharField(_("登壇する方"), max_length=80)
    speaker_title = models.CharField(_("部署・役職"), max_length=120, blank=True)
    co_speakers = models.CharField(_("ほかの登壇者"), max_length=200, blank=True)
    summary = models.TextField(_("話の概要"), blank=True, max_length=2000)
    purpose = models.TextField(_("参加者に伝えたいこと、求めたいこと"), blank=True, max_length=1000)
    minutes = models.PositiveSmallIntegerField(
        _("希望の長さ（分）"), default=15, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    wishes = models.CharField(_("希望の時期"), max_length=120, blank=True)
    wants_room = models.BooleanField(_("ブレイクアウトルームを開きたい"), default=False)
    room_note = models.CharField(_("ブレイクアウトルームの内容"), max_length=200, blank=True)
    equipment = models.CharField(_("使いたい機材など"), max_length=200, blank=True)

    state = models.CharField(_("状態"), max_length=12, choices=TalkState.choices, default=TalkState.APPLIED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("申込みをした人")
    )
    asked_at = models.DateTimeField(_("申込日時"), default=timezone.now)
    # What staff wrote with the last decision; the partner reads it.
    comment = models.TextField(_("事務局から"), blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="talks", verbose_name=_("登壇する会")
    )
    at = models.TimeField(_("時刻"), null=True, blank=True)
    materials_due_on = models.DateField(_("資料の締切"), null=True, blank=True)
    # The deadline of which the partner was reminded: another deadline is another reminder.
    reminded_for = models.DateField(null=True, editable=False)

    # Of the form that was sent: pressed twice, it is one request.
    form_key = models.UUIDField(default=uuid.uuid4, editable=False)

    objects: ClassVar = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("登壇の申込み")
        verbose_name_plural = _("登壇の申込み")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "form_key"], name="one_talk_per_form"),
            models.CheckConstraint(
                condition=~models.Q(state__in=[TalkState.CONFIRMED, TalkState.DONE]) | models.Q(meeting__isnull=False),
                name="a_confirmed_talk_has_its_meeting",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "asked_at"], name="talk_by_state")]

    def __str__(self) -> str:
        return f"{self.title}（{self.partner}）"

    @property
    def is_open(self) -> bool:
        return self.state in (TalkState.APPLIED, TalkState.ACCEPTED, TalkState.SCHEDULING)

    @property
    def takes_materials(self) -> bool:
        return self.state in (TalkState.ACCEPTED, TalkState.SCHEDULING, TalkState.CONFIRMED)
