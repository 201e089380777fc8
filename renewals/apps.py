from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RenewalsConfig(AppConfig):
    name = "renewals"
    verbose_name = "更新と活動報告"

    def ready(self) -> None:
        from portal.outbox.messages import register
        from portal.tenancy.models import Feature
        from portal.web.registry import Card, MyPageEntry, my_page_cards, my_page_menu
        from renewals.emails import MESSAGES
        from renewals.queries.showing import card, due_on_my_page

        register(*MESSAGES)
        my_page_cards.register(
            "renewals", Card("renewals/own/card.html", card, due=due_on_my_page, feature=Feature.RENEWALS)
        )
        my_page_menu.register(
            "renewals", MyPageEntry(_("更新と活動報告"), "file", "renewals:own", feature=Feature.RENEWALS, order=25)
        )
