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
        from portal.web.registry import WorkQueue, work_queues

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
        got_request_exception.connect(log_exception)
