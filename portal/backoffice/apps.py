from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "portal.backoffice"
    label = "backoffice"
    verbose_name = "引継ぎと統計"

    def ready(self) -> None:
        from celery.signals import task_failure, task_success

        from portal.backoffice import failures
        from portal.backoffice.emails import MESSAGES
        from portal.backoffice.statistics import statistics_address
        from portal.outbox.messages import register
        from portal.tenancy.rounds import listeners
        from portal.web.registry import public_addresses, work_queues

        register(*MESSAGES)
        public_addresses.register("statistics", statistics_address)
        work_queues.register("backoffice.failures", failures.failed_queue)
        listeners.append(failures.note)
        task_success.connect(failures.after_success, dispatch_uid="backoffice")
        task_failure.connect(failures.after_failure, dispatch_uid="backoffice")
