from django.apps import AppConfig
from django.core import checks


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    verbose_name = "送信メール"

    def ready(self) -> None:
        from portal.outbox.rendering import check_messages

        checks.register(check_messages)
