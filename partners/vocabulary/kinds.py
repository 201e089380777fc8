"""Kinds of organisation. A corporate number cannot be asked of all of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    COMPANY = "company", _("企業（法人）")
    SOLE_TRADER = "sole-trader", _("個人事業主")
    FOUNDER = "founder", _("創業予定の方")
    NPO = "npo", _("NPO法人")
    GROUP = "group", _("ボランティア団体・地域団体")
    ASSOCIATION = "association", _("組合・社団・財団")
    SCHOOL = "school", _("学校・大学")
    GOVERNMENT = "government", _("国・自治体")
    SUPPORT_CENTRE = "support-centre", _("支援機関")


# They register under a person's name, and have no corporate number.
PERSONAL = frozenset({Kind.SOLE_TRADER, Kind.FOUNDER})
# Corporations (法人): industry, capital, employees and office are asked of them.
CORPORATE = frozenset({Kind.COMPANY})


class PolicyTheme(models.TextChoices):
    """Kanagawa's second taxonomy beside the 17 goals."""

    PLASTIC_ZERO = "plastic-zero", _("プラごみゼロ")
    DECARBONISATION = "decarbonisation", _("脱炭素・気候変動")
    SUPER_AGED_SOCIETY = "super-aged", _("超高齢社会・未病")
    LIVING_TOGETHER = "living-together", _("ともに生きる社会")
    CHILD_POVERTY = "child-poverty", _("子どもの貧困対策")
