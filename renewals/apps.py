from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RenewalsConfig(AppConfig):
    name = "renewals"
    verbose_name = "更新と活動報告"

    def ready(self) -> None:
        from portal.outbox.messages import register
        from portal.tenancy.models import Feature
        from portal.web.registry import (
            Card,
            MyPageEntry,
            MyPageGroup,
            PartnerSection,
            Statistics,
            approvals,
            file_access,
            mail_segments,
            my_page_cards,
            my_page_menu,
            partner_sections,
            public_addresses,
            statistics,
            work_queues,
        )
        from renewals.admin import dockets, rules
        from renewals.emails import MESSAGES
        from renewals.queries import reports
        from renewals.queries.showing import card, due_on_my_page
        from renewals.queries.statistics import charts_on
        from renewals.queries.waiting import QUEUES, SEGMENT
        from renewals.rules import may_see_photos

        register(*MESSAGES)
        approvals.register(dockets.APPROVAL, dockets.removal)
        approvals.register(rules.APPROVAL, rules.approval)
        for name, queue in QUEUES.items():
            work_queues.register(name, queue)
        mail_segments.register("renewals.missing", SEGMENT)
        file_access.register("renewals.report:photos", may_see_photos)
        partner_sections.register("reports", PartnerSection("renewals/partner_section.html", reports.partner_section))
        statistics.register("renewals", Statistics(_("活動報告"), charts_on, feature=Feature.RENEWALS))
        public_addresses.register("reports", reports.public_addresses)
        my_page_cards.register(
            "renewals", Card("renewals/own/card.html", card, due=due_on_my_page, feature=Feature.RENEWALS)
        )
        my_page_menu.register(
            "renewals",
            MyPageEntry(
                _("更新と活動報告"), "file", "renewals:own", MyPageGroup.OWN, feature=Feature.RENEWALS, order=30
            ),
        )
