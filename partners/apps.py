from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "パートナー"

    def ready(self) -> None:
        from partners.queries import memberships_of, people_who_may_enter
        from portal.web.registry import entrances

        entrances.memberships.append(memberships_of)
        entrances.people.append(people_who_may_enter)
