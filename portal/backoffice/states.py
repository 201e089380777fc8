"""The states of a full export, and what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    WAITING = "waiting", _("承認待ち")
    ASKED = "asked", _("準備中")
    READY = "ready", _("受け取れます")
    EXPIRED = "expired", _("期限切れ")
    CALLED_OFF = "called_off", _("取りやめ")


TRANSITIONS: dict[ExportState, set[ExportState]] = {
    # Where the programme wants two approvers, it begins here.
    ExportState.WAITING: {ExportState.ASKED, ExportState.CALLED_OFF},
    ExportState.ASKED: {ExportState.READY},
    ExportState.READY: {ExportState.EXPIRED},
    ExportState.EXPIRED: set(),
    ExportState.CALLED_OFF: set(),
}

# What another approver is asked for while it waits (portal.web.registry.approvals).
APPROVAL = "backoffice.export"
