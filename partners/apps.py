from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "パートナー"

    def ready(self) -> None:
        from partners.emails import MESSAGES
        from partners.queries import memberships_of, people_who_may_enter
        from portal.outbox.messages import register
        from portal.web.registry import MyPageEntry, entrances, my_page_menu

        entrances.memberships.append(memberships_of)
        entrances.people.append(people_who_may_enter)
        my_page_menu.register("profile", MyPageEntry(_("登録情報"), "pen", "profile:overview", order=20))
        register(*MESSAGES)
