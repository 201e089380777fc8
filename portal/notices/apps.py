from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "portal.notices"
    label = "notices"
    verbose_name = "お知らせとメール"

    def ready(self) -> None:
        from portal.notices.emails import MESSAGES
        from portal.notices.queries import card_of, may_see_attachment, public_addresses
        from portal.notices.services import START, carry_out_start
        from portal.outbox.messages import register
        from portal.tenancy.models import Feature
        from portal.web import registry
        from portal.web.registry import Approval, Card, MyPageEntry, MyPageGroup, approvals, my_page_cards, my_page_menu

        register(*MESSAGES)
        registry.public_addresses.register("news", public_addresses)
        my_page_cards.register("news", Card("notices/card.html", card_of, feature=Feature.NEWS))
        my_page_menu.register(
            "news",
            MyPageEntry(_("お知らせ"), "bell", "my_news:board", MyPageGroup.FIRST, feature=Feature.NEWS, order=10),
        )
        my_page_menu.register(
            "preferences",
            MyPageEntry(
                _("メールの設定"), "mail", "my_news:preferences", MyPageGroup.OFFICE, feature=Feature.NEWS, order=85
            ),
        )
        registry.file_access.register("notices.announcement", may_see_attachment)
        approvals.register(
            START,
            Approval(
                label=_("一斉メールの送信"),
                carry_out=carry_out_start,
                url=lambda key: reverse("admin:notices_mailing_change", args=[key]),
            ),
        )
