"""A run of importing partners from a table: the file's rows, what is wrong with them, what became of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states import BUSY_IMPORTS, ImportState
from portal.tenancy.models import TenantModel


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def busy(self) -> "ImportRunQuerySet":
        return self.filter(state__in=BUSY_IMPORTS)


class ImportRun(TenantModel):
    file_name = models.CharField(_("ファイル"), max_length=200)
    state = models.CharField(_("状態"), max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED)
    headings = models.JSONField(default=list)
    # {"heading": "field"}; the last mapping of the programme is proposed for the next file.
    mapping = models.JSONField(_("列の対応"), default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("開始した人")
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    finished_at = models.DateTimeField(_("完了日時"), null=True)
    # What the dry run found: {"rows": 1040, "new": 1000, "changed": 40, "bad": 0}
    counts = models.JSONField(default=dict)
    # Of the registration numbers that the table names itself.
    highest_number = models.PositiveIntegerField(default=0)
    # Why it could not be undone.
    refusal = models.TextField(blank=True)

    objects: ClassVar[Any] = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("取込み")
        verbose_name_plural = _("取込み")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=models.Q(state__in=[ImportState.RUNNING, ImportState.UNDOING]),
                name="one_running_import",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY_IMPORTS


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def bad(self) -> "ImportRowQuerySet":
        return self.exclude(problems={}).select_related("run")

    def imported(self) -> "ImportRowQuerySet":
        return self.exclude(partner=None)

    def renaming(self) -> "ImportRowQuerySet":
        return self.exclude(former_name="").select_related("run")

    def waiting(self) -> "ImportRowQuerySet":
        return self.filter(partner=None, problems={})


class ImportRow(TenantModel):
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行"))
    cells = models.JSONField()
    # {"heading": "what is wrong"}; empty when the row is fine
    problems = models.JSONField(_("問題"), default=dict)
    # The id of the partner that the dry run found for it (none: it adds one). Kept even when that partner is gone.
    found = models.BigIntegerField(null=True)
    # That partner's name at the dry run, where the row gives it another one.
    former_name = models.CharField(max_length=200, blank=True)
    # Set when the row has been imported; a resumed run leaves such rows alone.
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    # The partner's former values, when the row changed one that existed: what undoing puts back.
    before = models.JSONField(null=True)
    # The partner's revision right after: a later one means that somebody has changed it since.
    revision = models.PositiveIntegerField(null=True)

    objects: ClassVar[Any] = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("取込みの行")
        verbose_name_plural = _("取込みの行")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["programme", "run", "number"], name="one_import_row_per_number")]

    def __str__(self) -> str:
        return f"{self.number}"
