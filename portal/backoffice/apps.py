from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "portal.backoffice"
    label = "backoffice"
    verbose_name = "引継ぎと統計"

    def ready(self) -> None:
        from portal.backoffice.emails import MESSAGES
        from portal.backoffice.statistics import statistics_address
        from portal.outbox.messages import register
        from portal.web.registry import public_addresses

        register(*MESSAGES)
        public_addresses.register("statistics", statistics_address)
