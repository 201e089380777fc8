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


class DocketState(models.TextChoices):
    """The way to a removal. Each step is somebody's deed; none follows by itself."""

    OPEN = "open", _("検討中")
    NOTICED = "noticed", _("通知済み")
    HEARING = "hearing", _("意見の聴取")
    REMOVED = "removed", _("取消し済み")
    CLOSED = "closed", _("終了（取り消さない）")
    RESTORED = "restored", _("復帰")


DOCKET_TRANSITIONS: dict[DocketState, set[DocketState]] = {
    DocketState.OPEN: {DocketState.NOTICED, DocketState.CLOSED},
    # A second notice.
    DocketState.NOTICED: {DocketState.NOTICED, DocketState.HEARING, DocketState.CLOSED},
    DocketState.HEARING: {DocketState.REMOVED, DocketState.CLOSED},
    DocketState.REMOVED: {DocketState.RESTORED},
    DocketState.CLOSED: set(),
    DocketState.RESTORED: set(),
}
OPEN_DOCKETS = (DocketState.OPEN, DocketState.NOTICED, DocketState.HEARING)
