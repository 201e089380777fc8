"""The states of a mailing. Whether all of it has gone out is counted, not stored (queries.progress_of)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailingState(models.TextChoices):
    DRAFT = "draft", _("下書き")
    STARTED = "started", _("送信開始")
    STOPPED = "stopped", _("一時停止中")
    CANCELLED = "cancelled", _("残りを取りやめ")


TRANSITIONS: dict[MailingState, set[MailingState]] = {
    MailingState.DRAFT: {MailingState.STARTED},
    MailingState.STARTED: {MailingState.STOPPED, MailingState.CANCELLED},
    MailingState.STOPPED: {MailingState.STARTED, MailingState.CANCELLED},
    MailingState.CANCELLED: set(),
}
