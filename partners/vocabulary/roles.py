"""What partners offer each other and look for: the collaboration handbook's seven roles of citizens' groups and nine of
companies. One vocabulary for offers and needs, so that one side's offer is found as the other side's need.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    # What citizens' groups typically bring
    PLANNING = "planning", _("事業全体の企画・運営")
    PROGRESS = "progress", _("事業の進行管理")
    COORDINATION = "coordination", _("関係各社との調整")
    RESIDENTS = "residents", _("地域住民の窓口")
    SOCIAL_KNOWLEDGE = "social-knowledge", _("社会的課題についての知識や情報")
    GUIDANCE = "guidance", _("活動時の指導・助言")
    PROGRAMMES = "programmes", _("商品やプログラムの企画・開発")
    # What companies typically bring
    PLACE = "place", _("場の提供")
    KNOW_HOW = "know-how", _("企業が持つノウハウ・技術")
    PUBLICITY = "publicity", _("広報物を使った広報の支援")
    PEOPLE = "people", _("社員・人材の派遣、招聘")
    DONATION = "donation", _("寄附金")
    GRANT = "grant", _("助成金・協賛金")
    PURCHASE = "purchase", _("発注先としての検討")
    GOODS = "goods", _("物品の提供")
    FACILITIES = "facilities", _("施設・設備・車両の貸出し")


OF_GROUPS = list(Role)[:7]
OF_COMPANIES = list(Role)[7:]
