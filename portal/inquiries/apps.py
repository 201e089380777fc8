from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InquiriesConfig(AppConfig):
    name = "portal.inquiries"
    label = "inquiries"
    verbose_name = "お問い合わせ"

    def ready(self) -> None:
        from portal.inquiries.emails import MESSAGES
        from portal.inquiries.queries import card_of, public_addresses, waiting_queue
        from portal.inquiries.rules import may_see
        from portal.outbox.messages import register
        from portal.tenancy.models import Feature
        from portal.web import registry
        from portal.web.registry import Card, MyPageEntry, MyPageGroup

        register(*MESSAGES)
        registry.public_addresses.register("inquiries", public_addresses)
        registry.work_queues.register("inquiries", waiting_queue)
        registry.my_page_cards.register("inquiries", Card("inquiries/card.html", card_of, feature=Feature.INQUIRIES))
        registry.my_page_menu.register(
            "inquiries",
            MyPageEntry(
                _("お問い合わせ"), "mail", "my_inquiries:list", MyPageGroup.OFFICE, feature=Feature.INQUIRIES, order=10
            ),
        )
        registry.file_access.register(
            "inquiries.inquirymessage",
            lambda actor, message: may_see(actor, message.inquiry),  # type: ignore[attr-defined]
        )
