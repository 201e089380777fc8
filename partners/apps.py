from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "パートナー"

    def ready(self) -> None:
        from partners.admin.changes import approval as approval_of_changes
        from partners.admin.standing import removal as approval_of_removal
        from partners.emails import MESSAGES
        from partners.queries.arrival import unreached_card
        from partners.queries.moving import moving_card
        from partners.queries.partners import (
            changes_queue,
            memberships_of,
            named_by_number,
            people_who_may_enter,
            public_addresses,
        )
        from partners.queries.registration import application_address, review_queue
        from partners.queries.segments import SEGMENTS, addressee_of
        from partners.queries.statistics import charts_on
        from partners.rules import may_see_logo, may_see_proof
        from partners.services.registration import carry_out_approval
        from portal.outbox.messages import register
        from portal.web import registry
        from portal.web.registry import (
            Approval,
            MyPageEntry,
            MyPageGroup,
            approvals,
            entrances,
            file_access,
            mail_segments,
            my_page_menu,
            work_queues,
        )

        entrances.memberships.append(memberships_of)
        entrances.people.append(people_who_may_enter)
        entrances.partners.append(named_by_number)
        entrances.addressees.append(addressee_of)
        my_page_menu.register(
            "profile", MyPageEntry(_("登録情報"), "pen", "profile:overview", MyPageGroup.OWN, order=10)
        )
        my_page_menu.register(
            "history", MyPageEntry(_("変更の履歴"), "clock", "profile:history", MyPageGroup.OWN, order=60)
        )
        my_page_menu.register(
            "activities", MyPageEntry(_("利用履歴"), "calendar", "profile:activities", MyPageGroup.OWN, order=61)
        )
        my_page_menu.register(
            "benefits", MyPageEntry(_("支援と相談窓口"), "phone", "content:benefits", MyPageGroup.OFFICE, order=20)
        )
        registry.my_page_cards.register("unreached", unreached_card)
        registry.my_page_cards.register("moving", moving_card)
        registry.public_addresses.register("partners", public_addresses)
        file_access.register("partners.partner:logo", may_see_logo)
        file_access.register("partners.changerequest", may_see_proof)
        work_queues.register("partners.changes", changes_queue)
        approvals.register("partners.change", approval_of_changes)
        approvals.register("partners.remove", approval_of_removal)
        registry.statistics.register("partners", registry.Statistics(_("登録団体"), charts_on))
        register(*MESSAGES)
        work_queues.register("partners.applications", review_queue)
        approvals.register(
            "partners.approve_application", Approval(_("登録申請の承認"), carry_out_approval, application_address)
        )
        for name, segment in SEGMENTS.items():
            mail_segments.register(name, segment)
