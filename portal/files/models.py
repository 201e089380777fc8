"""StoredFile: what somebody sent us. The bytes lie in Django's default storage, outside the web root, by a random key.

A file belongs to a row of another app, or (pending) to whoever sent it until that row is saved. How it is checked
stands in checks.py, who may have it in rules.py.
"""

import uuid
from datetime import datetime
from typing import IO, Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.files.checks import size_in_words
from portal.files.kinds import BY_CODE, Kind, kind_codes
from portal.files.states import FileState
from portal.tenancy.models import TenantModel


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def of(self, owner: models.Model, slot: str = "") -> "StoredFileQuerySet":
        """The files of a row, in the order of their arrival; of one slot of it, if one is named."""
        files = self.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk)
        return files.filter(slot=slot) if slot else files

    def pending_of(self, sender: str, place: str) -> "StoredFileQuerySet":
        return self.filter(sender=sender, place=place).exclude(sender="")

    def pending(self) -> "StoredFileQuerySet":
        return self.exclude(sender="")

    def expired(self, now: datetime) -> "StoredFileQuerySet":
        return self.pending().filter(expires_at__lte=now)

    def uploaded(self) -> "StoredFileQuerySet":
        return self.filter(state=FileState.UPLOADED)

    def unsafe(self, now: datetime) -> "StoredFileQuerySet":
        """What staff should look at: quarantined, or waiting for a scanner that does not answer."""
        waiting = models.Q(state=FileState.UPLOADED, uploaded_at__lte=now - settings.FILE_SCAN_PATIENCE)
        return self.filter(waiting | models.Q(state=FileState.QUARANTINED))


class StoredFile(TenantModel):
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(_("ファイル名"), max_length=130)
    kind = models.CharField(_("種類"), max_length=20, choices=kind_codes)
    size = models.PositiveIntegerField(_("大きさ（バイト）"))
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField(_("状態"), max_length=20, choices=FileState.choices)
    finding = models.CharField(_("検査の結果"), max_length=200, blank=True)

    # The row it belongs to: a model's label and key, because any app may own files. `slot` tells its files apart.
    owner_type = models.CharField(max_length=60, blank=True)
    owner_id = models.BigIntegerField(null=True)
    slot = models.CharField(max_length=40, blank=True)
    # A picture that pages show, such as a logo. Everything else is only ever downloaded.
    is_shown = models.BooleanField(default=False)

    # Until then: whose form it was sent with, and which field of which form took it.
    sender = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(null=True)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("送った人")
    )
    uploaded_at = models.DateTimeField(_("受け取った日時"), auto_now_add=True)

    objects: ClassVar[models.Manager["StoredFile"]] = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("ファイル")
        verbose_name_plural = _("ファイル")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="one_file_per_key"),
            models.CheckConstraint(
                condition=models.Q(sender="", owner_id__isnull=False, expires_at__isnull=True)
                & ~models.Q(owner_type="")
                | models.Q(owner_type="", owner_id__isnull=True, expires_at__isnull=False) & ~models.Q(sender=""),
                name="file_is_owned_or_pending",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "owner_type", "owner_id"], name="files_of_owner"),
            models.Index(fields=["programme", "sender"], condition=~models.Q(sender=""), name="files_pending"),
            models.Index(fields=["programme", "state"], condition=~models.Q(state="ready"), name="files_not_ready"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.size_in_words}）"

    def get_absolute_url(self) -> str:
        return reverse("files:download", args=[self.key])

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage: without a name, so that nothing of it tells what is inside."""
        return f"{self.programme_id}/{self.key.hex[:2]}/{self.key.hex}"

    @property
    def type(self) -> Kind:
        return BY_CODE[self.kind]

    @property
    def size_in_words(self) -> str:
        return size_in_words(self.size)

    @property
    def is_ready(self) -> bool:
        return self.state == FileState.READY

    @property
    def is_pending(self) -> bool:
        return bool(self.sender)

    @property
    def owner(self) -> Any:
        """The row it belongs to; None while pending, and when that row is gone."""
        if not self.owner_type:
            return None
        return apps.get_model(self.owner_type)._base_manager.filter(pk=self.owner_id).first()

    def open(self) -> IO[bytes]:
        return default_storage.open(self.path)
