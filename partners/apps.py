from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "パートナー"

    def ready(self) -> None:
        from partners.emails import MESSAGES
        from partners.queries import memberships_of, people_who_may_enter, public_addresses
        from partners.registration import application_address, review_queue
        from partners.services.registration import carry_out_approval
        from portal.outbox.messages import register
        from portal.web import registry
        from portal.web.registry import Approval, MyPageEntry, approvals, entrances, my_page_menu, work_queues

        entrances.memberships.append(memberships_of)
        entrances.people.append(people_who_may_enter)
        my_page_menu.register("profile", MyPageEntry(_("登録情報"), "pen", "profile:overview", order=20))
        my_page_menu.register("benefits", MyPageEntry(_("支援と相談窓口"), "phone", "content:benefits", order=90))
        registry.public_addresses.register("partners", public_addresses)
        register(*MESSAGES)
        work_queues.register("partners.applications", review_queue)
        approvals.register(
            "partners.approve_application", Approval(_("登録申請の承認"), carry_out_approval, application_address)
        )
