from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "連携募集"

    def ready(self) -> None:
        from matching.emails import MESSAGES
        from matching.queries.cases import case_addresses, case_card, case_queue, case_section, due_cases
        from matching.queries.collaborations import review_queue
        from matching.queries.postings import check_queue, open_card, public_addresses
        from matching.queries.sides import due
        from matching.queries.statistics import charts_on
        from matching.rules import may_see_attachment, may_see_case_photo, may_see_edition, may_see_photo
        from matching.services.searching import follow_names
        from portal.outbox.messages import register
        from portal.tenancy.models import Feature
        from portal.web import registry
        from portal.web.registry import Card, MyPageEntry, MyPageGroup, PartnerSection

        register(*MESSAGES)
        menu = registry.my_page_menu
        menu.register(
            "matching",
            MyPageEntry(
                _("連携募集"), "hands", "my_matching:board", MyPageGroup.TOGETHER, feature=Feature.MATCHING, order=30
            ),
        )
        menu.register(
            "postings",
            MyPageEntry(
                _("自分の募集"), "file", "my_matching:mine", MyPageGroup.TOGETHER, feature=Feature.MATCHING, order=31
            ),
        )
        menu.register(
            "match_applications",
            MyPageEntry(
                _("応募の一覧"),
                "inbox",
                "my_matching:applications",
                MyPageGroup.TOGETHER,
                feature=Feature.MATCHING,
                order=32,
            ),
        )
        menu.register(
            "records",
            MyPageEntry(
                _("連携記録"),
                "globe",
                "my_matching:records",
                MyPageGroup.TOGETHER,
                feature=Feature.MATCHING,
                order=33,
            ),
        )
        menu.register(
            "logos",
            MyPageEntry(
                _("ロゴ"), "spark", "my_matching:logos", MyPageGroup.TOGETHER, feature=Feature.MATCHING, order=34
            ),
        )
        registry.my_page_cards.register(
            "matching", Card("matching/own/card.html", open_card, due, feature=Feature.MATCHING)
        )
        registry.statistics.register(
            "matching", registry.Statistics(_("連携募集"), charts_on, feature=Feature.MATCHING)
        )
        registry.names_followed.register("matching", follow_names)
        registry.work_queues.register("matching.postings", check_queue)
        registry.work_queues.register("matching.outcomes", review_queue)
        registry.file_access.register("matching.progress", may_see_photo)
        registry.file_access.register("matching.logoedition", may_see_edition)
        registry.file_access.register("matching.posting", may_see_attachment)
        registry.public_addresses.register("matching", public_addresses)
        menu.register(
            "cases",
            MyPageEntry(_("連携事例"), "spark", "my_cases:list", MyPageGroup.TOGETHER, feature=Feature.CASES, order=35),
        )
        registry.my_page_cards.register(
            "cases", Card("matching/own/case_card.html", case_card, due=due_cases, feature=Feature.CASES)
        )
        registry.work_queues.register("matching.cases", case_queue)
        registry.file_access.register("matching.case", may_see_case_photo)
        registry.public_addresses.register("cases", case_addresses)
        registry.partner_sections.register("cases", PartnerSection("matching/cases/partner_section.html", case_section))
