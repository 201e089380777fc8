"""Announcement: what stands on the board, for everybody or for partners. Mailing: one text to many receivers by mail; the
mails themselves, each with its own fate, are rows of the outbox."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.notices.rules import unknown_placeholders
from portal.notices.states import MailingState
from portal.tenancy.models import TenantModel
from portal.web.registry import mail_segments

LONGEST_TEXT = 20_000


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def shown_at(self, now: datetime) -> "AnnouncementQuerySet":
        """What is on the board at this moment, the pinned first."""
        until = models.Q(shown_until=None) | models.Q(shown_until__gt=now)
        return self.filter(until, shown_from__lte=now).order_by("-is_pinned", "-shown_from", "-id")

    def public(self) -> "AnnouncementQuerySet":
        return self.filter(audience=Announcement.Audience.PUBLIC)

    def unread_by(self, user: Any) -> "AnnouncementQuerySet":
        return self.exclude(pk__in=AnnouncementReading.objects.filter(user=user).values("announcement"))


class Announcement(TenantModel):
    class Audience(models.TextChoices):
        PUBLIC = "public", _("すべての人")
        PARTNERS = "partners", _("パートナーだけ")

    title = models.CharField(_("題名"), max_length=80)
    text = models.TextField(
        _("本文"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        help_text=_("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。"),
    )
    audience = models.CharField(_("見せる相手"), max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    is_pinned = models.BooleanField(_("先頭に置く"), default=False)
    shown_from = models.DateTimeField(_("掲載の開始"), default=timezone.now)
    shown_until = models.DateTimeField(
        _("掲載の終わり"), null=True, blank=True, help_text=_("空のときは、ずっと掲載します。")
    )
    changed_at = models.DateTimeField(_("更新日時"), auto_now=True)

    objects: ClassVar = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("お知らせ")
        verbose_name_plural = _("お知らせ")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shown_until=None) | models.Q(shown_until__gt=models.F("shown_from")),
                name="announcement_ends_after_it_begins",
                violation_error_message=_("掲載の終わりは、開始よりあとの日時にしてください。"),
            )
        ]
        indexes = [models.Index(fields=["programme", "-shown_from"], name="announcement_by_time")]

    def __str__(self) -> str:
        return self.title

    def is_shown_at(self, now: datetime) -> bool:
        return self.shown_from <= now and (self.shown_until is None or now < self.shown_until)


class AnnouncementReading(TenantModel):
    """That a person has opened an announcement on My Page."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "announcement", "user"], name="one_reading_per_person")
        ]


class Mailing(TenantModel):
    subject = models.CharField(_("件名"), max_length=40, help_text=_("前に【事業の短い名称】が付きます。"))
    text = models.TextField(
        _("本文"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        help_text=_(
            "{氏名} と {団体名} は、受け取る方ごとに置き換わります。署名と送信専用のことわりは、自動で付きます。"
        ),
    )
    # A name in portal.web.registry.mail_segments, and one of its choices.
    segment = models.CharField(_("送る相手"), max_length=60)
    choice = models.CharField(_("送る相手の絞り込み"), max_length=60, blank=True)

    state = models.CharField(
        _("状態"), max_length=12, choices=MailingState.choices, default=MailingState.DRAFT, editable=False
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("作成者"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("送信開始日時"), null=True, editable=False)

    class Meta:
        verbose_name = _("一斉メール")
        verbose_name_plural = _("一斉メール")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=MailingState.DRAFT, started_at=None)
                | (~models.Q(state=MailingState.DRAFT) & models.Q(started_at__isnull=False)),
                name="mailing_that_started_says_when",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def clean(self) -> None:
        problems: dict[str, Any] = {
            name: _("使えない置き換えです：%s") % "、".join(unknown)
            for name in ("subject", "text")
            if (unknown := unknown_placeholders(getattr(self, name)))
        }
        if self.segment not in mail_segments:
            problems["segment"] = _("送る相手を選んでください。")
        elif self.choice not in {value for value, _label in mail_segments[self.segment].choices()}:
            problems["choice"] = _("この送る相手にある絞り込みを選んでください。")
        if problems:
            raise ValidationError(problems)

    @property
    def receivers_in_words(self) -> str:
        if self.segment not in mail_segments:
            return self.segment
        segment = mail_segments[self.segment]
        narrowed = {value: str(label) for value, label in segment.choices()}.get(self.choice, self.choice)
        return f"{segment.label}：{narrowed}" if self.choice else str(segment.label)
