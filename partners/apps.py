from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "パートナー"

    def ready(self) -> None:
        from partners.emails import MESSAGES
        from partners.queries import memberships_of, people_who_may_enter
        from portal.outbox.messages import register
        from portal.web.registry import entrances

        entrances.memberships.append(memberships_of)
        entrances.people.append(people_who_may_enter)
        register(*MESSAGES)
