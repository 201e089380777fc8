"""Handover: what a leaving officer had in hand, given to a successor at once, as it stood on that day. FailedTask: what
should have run by itself. ProgrammeExport: everything of the programme in one file, for whoever asked for it.
PersonRequest: somebody wants to know, or to have erased, what the programme holds on them."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.backoffice.states import ExportState
from portal.backoffice.words import words_of
from portal.tenancy.models import TenantModel


class Handover(TenantModel):
    """Never changed: it says who took over what, and with which words."""

    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("前任")
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("後任")
    )
    note = models.TextField(_("後任への申し送り"), blank=True)
    at = models.DateTimeField(_("引継ぎ日時"), default=timezone.now)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("引き継いだ人")
    )

    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        verbose_name = _("引継ぎ")
        verbose_name_plural = _("引継ぎ")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.leaver} → {self.successor}"


class HandoverItem(TenantModel):
    """One thing in hand, named as on that day: it may be gone later."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(_("種類"), max_length=80)
    title = models.CharField(_("件名"), max_length=300)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    waiting_since = models.DateTimeField(_("待ち"), null=True)
    due_at = models.DateTimeField(_("期限"), null=True)
    note = models.TextField(_("申し送り"), blank=True)

    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        verbose_name = _("引き継いだもの")
        verbose_name_plural = _("引き継いだもの")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class FailedTask(TenantModel):
    """Work that runs by itself and failed for this programme. One open row for each task."""

    # How long a task that was started again may be on its way.
    PATIENCE: ClassVar[timedelta] = timedelta(minutes=1)

    task = models.CharField(max_length=120)
    # The kind of error. What it says stands in the log alone: it may name a person.
    problem = models.CharField(_("誤りの種類"), max_length=120)
    first_at = models.DateTimeField(_("最初の失敗"))
    last_at = models.DateTimeField(_("最後の失敗"))
    times = models.PositiveIntegerField(_("回数"), default=1)
    tried_again_at = models.DateTimeField(_("もう一度動かした日時"), null=True)
    ended_at = models.DateTimeField(_("済んだ日時"), null=True)

    class Meta:
        verbose_name = _("失敗した自動の仕事")
        verbose_name_plural = _("失敗した自動の仕事")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "task"],
                condition=models.Q(ended_at=None),
                name="one_open_failure_per_task",
            ),
        ]

    def __str__(self) -> str:
        return str(words_of(self.task).title)

    @property
    def is_being_tried(self) -> bool:
        return self.tried_again_at is not None and self.last_at < self.tried_again_at > timezone.now() - self.PATIENCE


class ProgrammeExport(TenantModel):
    """Made in the background, handed out to who asked for it, thrown away after a few days."""

    LIFETIME: ClassVar[timedelta] = timedelta(days=3)

    # Of the file; another one for each attempt to make it.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(_("状態"), max_length=12, choices=ExportState.choices, default=ExportState.ASKED)
    reason = models.CharField(_("使いみち"), max_length=200, help_text=_("記録に残ります。"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("依頼した人")
    )
    asked_at = models.DateTimeField(_("依頼日時"), default=timezone.now)
    made_at = models.DateTimeField(_("できた日時"), null=True)
    ended_at = models.DateTimeField(_("消した、または取りやめた日時"), null=True)
    size = models.PositiveBigIntegerField(_("大きさ（バイト）"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    tables = models.PositiveIntegerField(_("表の数"), null=True)
    rows = models.PositiveBigIntegerField(_("行の数"), null=True)
    files = models.PositiveIntegerField(_("ファイルの数"), null=True)

    class Meta:
        verbose_name = _("全データの書き出し")
        verbose_name_plural = _("全データの書き出し")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=models.Q(state__in=[ExportState.WAITING, ExportState.ASKED]),
                name="one_export_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"

    @property
    def path(self) -> str:
        """Beside the folders of uploaded files, where the sweep of files does not look."""
        return f"exports/{self.programme_id}/{self.key.hex}.zip"


class PersonRequest(TenantModel):
    """The office's list of such requests. The address goes with the erasure; that there was a request stays."""

    address = models.EmailField(_("本人のメールアドレス"), max_length=254)
    purpose = models.CharField(
        _("目的"),
        max_length=200,
        help_text=_("例：本人からの開示請求（窓口で身分証を確認）。氏名やアドレスは書かないでください。"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("受け付けた人")
    )
    asked_at = models.DateTimeField(_("受付日時"), default=timezone.now)
    erased_at = models.DateTimeField(_("消去した日時"), null=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("消去した人")
    )

    class Meta:
        verbose_name = _("個人情報の請求")
        verbose_name_plural = _("個人情報の請求")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at=None, erased_by=None)
                | models.Q(erased_at__isnull=False, erased_by__isnull=False),
                name="an_erasure_has_its_day_and_person",
            )
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"
