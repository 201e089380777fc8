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
