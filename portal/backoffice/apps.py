from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    name = "portal.backoffice"
    label = "backoffice"
    verbose_name = "引継ぎと統計"

    def ready(self) -> None:
        from celery.signals import task_failure, task_success

        from portal.backoffice import exporting, failures, states
        from portal.backoffice.emails import MESSAGES
        from portal.backoffice.statistics import statistics_address
        from portal.outbox.messages import register
        from portal.tenancy.rounds import listeners
        from portal.web.registry import Approval, approvals, public_addresses, work_queues

        register(*MESSAGES)
        public_addresses.register("statistics", statistics_address)
        approvals.register(
            states.APPROVAL,
            Approval(
                _("全データの書き出し"), exporting.agree_to_export, export_address, called_off=exporting.call_off_export
            ),
        )
        work_queues.register("backoffice.failures", failures.failed_queue)
        listeners.append(failures.note)
        task_success.connect(failures.after_success, dispatch_uid="backoffice")
        task_failure.connect(failures.after_failure, dispatch_uid="backoffice")


def export_address(export_id: str) -> str:
    return reverse("admin:backoffice_programmeexport_change", args=[export_id])
