"""OpenDataSet: the public's copy of the directory, made once a day. The files lie in the storage; this row finds them."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel


def new_folder() -> str:
    return get_random_string(16)


class OpenDataSet(TenantModel):
    class File(models.TextChoices):
        """The last part of its address."""

        CSV = "partners.csv", _("CSV（UTF-8、BOM付き）")
        CSV_CP932 = "partners-sjis.csv", _("CSV（Shift_JIS、CP932）")
        JSON = "partners.json", "JSON"

    on = models.DateField(_("時点"))
    made_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    count = models.PositiveIntegerField(_("件数"))
    # Characters that the CP932 file lacks, and how often: [["𠮷", 2]]
    lost = models.JSONField(default=list)
    # {"partners.csv": 12345}
    sizes = models.JSONField(default=dict)
    folder = models.CharField(max_length=16, default=new_folder)

    class Meta:
        verbose_name = _("オープンデータ")
        verbose_name_plural = _("オープンデータ")
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["programme", "on"], name="one_open_data_set_per_day")]

    def __str__(self) -> str:
        return f"{self.on}"

    def path(self, file: str) -> str:
        """Not below the programme's own folder: what lies there belongs to StoredFile rows."""
        return f"open-data/{self.programme_id}/{self.folder}/{file}"

    def open(self, file: str) -> Any:
        return default_storage.open(self.path(file))
