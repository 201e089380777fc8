"""The states of a partner and of its people, and how they may follow each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerState(models.TextChoices):
    # Signs in, looks around and asks; cannot take part and is shown nowhere.
    UNCONFIRMED = "unconfirmed", _("確認前")
    REGISTERED = "registered", _("登録中")
    SUSPENDED = "suspended", _("停止中")
    ENDED = "ended", _("終了")


PARTNER_TRANSITIONS: dict[PartnerState, set[PartnerState]] = {
    PartnerState.UNCONFIRMED: {PartnerState.REGISTERED, PartnerState.ENDED},
    PartnerState.REGISTERED: {PartnerState.SUSPENDED, PartnerState.ENDED},
    PartnerState.SUSPENDED: {PartnerState.REGISTERED, PartnerState.ENDED},
    PartnerState.ENDED: {PartnerState.REGISTERED},
}


class Ending(models.TextChoices):
    """How a registration ended."""

    REMOVED = "removed", _("登録の取消し")
    LEFT = "left", _("退会")


class Move(models.TextChoices):
    """What staff do to a partner's standing; each is a dated fact with a reason."""

    SUSPEND = "suspend", _("登録を停止する")
    RESUME = "resume", _("停止を解く")
    REMOVE = "remove", _("登録を取り消す")
    LEAVE = "leave", _("退会の手続きをする")
    RESTORE = "restore", _("登録を元に戻す")


# From where a move leads to which state. Where it starts must also allow it in PARTNER_TRANSITIONS. What is not
# confirmed yet stands and falls with its application, which is withdrawn or decided.
MOVES: dict[Move, tuple[set[PartnerState], PartnerState]] = {
    Move.SUSPEND: ({PartnerState.REGISTERED}, PartnerState.SUSPENDED),
    Move.RESUME: ({PartnerState.SUSPENDED}, PartnerState.REGISTERED),
    Move.REMOVE: ({PartnerState.REGISTERED, PartnerState.SUSPENDED}, PartnerState.ENDED),
    Move.LEAVE: ({PartnerState.REGISTERED, PartnerState.SUSPENDED}, PartnerState.ENDED),
    Move.RESTORE: ({PartnerState.ENDED}, PartnerState.REGISTERED),
}
ENDINGS: dict[Move, Ending] = {Move.REMOVE: Ending.REMOVED, Move.LEAVE: Ending.LEFT}


class MemberState(models.TextChoices):
    # Has not yet signed in, seen the purpose of use, and said what may be shown.
    INVITED = "invited", _("招待中")
    ACTIVE = "active", _("利用中")
    DISABLED = "disabled", _("停止")


MEMBER_TRANSITIONS: dict[MemberState, set[MemberState]] = {
    MemberState.INVITED: {MemberState.ACTIVE, MemberState.DISABLED},
    MemberState.ACTIVE: {MemberState.DISABLED, MemberState.INVITED},
    MemberState.DISABLED: {MemberState.INVITED},
}


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("入力中")
    SENT = "sent", _("審査待ち")
    RETURNED = "returned", _("差戻し")
    APPROVED = "approved", _("登録")
    REJECTED = "rejected", _("不登録")
    WITHDRAWN = "withdrawn", _("取下げ")


APPLICATION_TRANSITIONS: dict[ApplicationState, set[ApplicationState]] = {
    ApplicationState.DRAFT: {ApplicationState.SENT},
    ApplicationState.SENT: {
        ApplicationState.RETURNED,
        ApplicationState.APPROVED,
        ApplicationState.REJECTED,
        ApplicationState.WITHDRAWN,
    },
    ApplicationState.RETURNED: {ApplicationState.SENT, ApplicationState.WITHDRAWN, ApplicationState.REJECTED},
    ApplicationState.APPROVED: set(),
    ApplicationState.REJECTED: set(),
    ApplicationState.WITHDRAWN: set(),
}


class ChangeState(models.TextChoices):
    ASKED = "asked", _("審査待ち")
    APPROVED = "approved", _("承認")
    REFUSED = "refused", _("不承認")
    WITHDRAWN = "withdrawn", _("取下げ")


CHANGE_TRANSITIONS: dict[ChangeState, set[ChangeState]] = {
    ChangeState.ASKED: {ChangeState.APPROVED, ChangeState.REFUSED, ChangeState.WITHDRAWN},
    # Only until the day from which it holds; refused if the value has become another one by then.
    ChangeState.APPROVED: {ChangeState.WITHDRAWN, ChangeState.REFUSED},
    ChangeState.REFUSED: set(),
    ChangeState.WITHDRAWN: set(),
}


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("列の対応待ち")
    TRYING = "trying", _("確認中")
    TRIED = "tried", _("確認済み")
    RUNNING = "running", _("取込み中")
    DONE = "done", _("完了")
    UNDOING = "undoing", _("取消し中")
    UNDONE = "undone", _("取消し済み")


IMPORT_TRANSITIONS: dict[ImportState, set[ImportState]] = {
    ImportState.UPLOADED: {ImportState.TRYING},
    ImportState.TRYING: {ImportState.TRIED},
    ImportState.TRIED: {ImportState.TRYING, ImportState.RUNNING},
    ImportState.RUNNING: {ImportState.DONE},
    ImportState.DONE: {ImportState.UNDOING},
    # Back, if something would have been lost.
    ImportState.UNDOING: {ImportState.UNDONE, ImportState.DONE},
    ImportState.UNDONE: set(),
}
# What a worker has in hand.
BUSY_IMPORTS = (ImportState.TRYING, ImportState.RUNNING, ImportState.UNDOING)
