"""The states of a full export, and what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    ASKED = "asked", _("準備中")
    READY = "ready", _("受け取れます")
    FETCHED = "fetched", _("受け取り済み")
    EXPIRED = "expired", _("期限切れ")


TRANSITIONS: dict[ExportState, set[ExportState]] = {
    ExportState.ASKED: {ExportState.READY},
    ExportState.READY: {ExportState.FETCHED, ExportState.EXPIRED},
    ExportState.FETCHED: set(),
    ExportState.EXPIRED: set(),
}
