from django.apps import AppConfig
from django.core import checks


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    verbose_name = "送信メール"

    def ready(self) -> None:
        from portal.outbox.messages import register
        from portal.outbox.own_texts import TRIAL
        from portal.outbox.queries import dead_addresses_queue, failed_mails_queue, failing_texts_queue
        from portal.outbox.rendering import check_messages
        from portal.web.registry import work_queues

        register(TRIAL)
        work_queues.register("outbox.failed", failed_mails_queue)
        work_queues.register("outbox.addresses", dead_addresses_queue)
        work_queues.register("outbox.texts", failing_texts_queue)
        checks.register(check_messages)
