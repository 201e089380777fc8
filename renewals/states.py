"""The states of a partner towards its duties, from nothing to do to removed. They follow from dates; nothing sets them."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    NOT_REGISTERED = "not_registered"
    NOTHING_DUE = "nothing_due"
    DUE = "due"
    OVERDUE = "overdue"
    # The term ended without a renewal. A late renewal brings everything back.
    TERM_EXPIRED = "term_expired"
    # Would be removable, were it not for the grace that the rules give.
    GRACE = "grace"
    # Removal may be considered; only a decision removes.
    REMOVABLE = "removable"
    SUSPENDED = "suspended"
    REMOVED = "removed"


LABELS = {
    State.NOT_REGISTERED: _("登録前"),
    State.NOTHING_DUE: _("提出するものはありません"),
    State.DUE: _("受付中"),
    State.OVERDUE: _("期限が過ぎています"),
    State.TERM_EXPIRED: _("登録期間が満了しています（回復できます）"),
    State.GRACE: _("猶予期間中"),
    State.REMOVABLE: _("登録取消の検討対象"),
    State.SUSPENDED: _("停止中"),
    State.REMOVED: _("登録取消済み"),
}
