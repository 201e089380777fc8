"""The states that somebody sets: of a version of the rules, of a report. Those that follow from dates are in states.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleState(models.TextChoices):
    # Tried in the simulator; binds nobody.
    DRAFT = "draft", _("試案")
    APPROVED = "approved", _("決定")
    WITHDRAWN = "withdrawn", _("取下げ")


RULE_TRANSITIONS: dict[RuleState, set[RuleState]] = {
    RuleState.DRAFT: {RuleState.APPROVED, RuleState.WITHDRAWN},
    # Only until it takes effect.
    RuleState.APPROVED: {RuleState.WITHDRAWN},
    RuleState.WITHDRAWN: set(),
}


class ReportState(models.TextChoices):
    RECEIVED = "received", _("受付済み")
    RETURNED = "returned", _("差戻し")


REPORT_TRANSITIONS: dict[ReportState, set[ReportState]] = {
    ReportState.RECEIVED: {ReportState.RETURNED},
    ReportState.RETURNED: {ReportState.RECEIVED},
}
