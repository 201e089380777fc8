from django.apps import AppConfig
from django.core.signals import got_request_exception
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.web.logs import log_exception


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "ページ"

    def ready(self) -> None:
        # These need the settings, or models.
        from portal.web.forms import say_it_plainly
        from portal.web.queries import approval_items, open_approval_requests
        from portal.web.registry import Approval, WorkQueue, approvals, work_queues
        from portal.web.services import programmes

        say_it_plainly()
        work_queues.register(
            "web.approvals",
            WorkQueue(
                label=_("承認待ちの依頼"),
                url=lambda: reverse("admin:web_approvalrequest_changelist") + "?state__exact=asked",
                count=lambda: open_approval_requests().count(),
                items=approval_items,
                about="web.approvalrequest",
            ),
        )
        approvals.register(
            programmes.FEWER_APPROVALS,
            Approval(_("二人目の承認の取りやめ"), programmes.end_second_approval, settings_address, is_chosen=False),
        )
        approvals.register(
            programmes.RECORD_YEARS,
            Approval(_("操作の記録を残す年数の変更"), programmes.set_record_years, settings_address),
        )
        got_request_exception.connect(log_exception)


def settings_address(programme_id: str) -> str:
    return reverse("admin:tenancy_programme_change", args=[programme_id])
