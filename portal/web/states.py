"""The states of a request for a second approver, and how it may go from one to the next."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApprovalState(models.TextChoices):
    ASKED = "asked", _("承認待ち")
    APPROVED = "approved", _("承認")
    DECLINED = "declined", _("差戻し")
    WITHDRAWN = "withdrawn", _("取下げ")


TRANSITIONS: dict[ApprovalState, set[ApprovalState]] = {
    ApprovalState.ASKED: {ApprovalState.APPROVED, ApprovalState.DECLINED, ApprovalState.WITHDRAWN},
    ApprovalState.APPROVED: set(),
    ApprovalState.DECLINED: set(),
    ApprovalState.WITHDRAWN: set(),
}
