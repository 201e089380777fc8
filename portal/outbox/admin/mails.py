"""For staff: what became of each mail; sending one again, or not at all."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.outbox.models import OutgoingMail
from portal.outbox.queries import steps_of
from portal.outbox.services import cancel_mail, send_again, why_not_cancel, why_not_send_again
from portal.outbox.states import State
from portal.web.access import Actor
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


def sentence_for_again(mail: OutgoingMail, actor: Actor) -> str:
    if reason := why_not_send_again(mail):
        raise LeftOut(reason)
    if mail.state == State.SENT:
        return _("同じ内容の新しいメールを、%s へ送ります。") % mail.to
    return _("%s へ、すぐにもう一度送ります。") % mail.to


def sentence_for_cancelling(mail: OutgoingMail, actor: Actor) -> str:
    if reason := why_not_cancel(mail):
        raise LeftOut(reason)
    return _("%s へは、もう送りません。") % mail.to


@admin.register(OutgoingMail)
class OutgoingMailAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = records_views = True
    list_display = ["created_at", "label", "to", "state", "attempts", "answer"]
    list_display_links = ["created_at", "label"]
    list_filter = ["state", "priority"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-id"]
    fields = ["label", "to", "state", "way", "subject", "text", "message_id"]
    readonly_fields = ["label", "way"]
    bulk_actions = [
        BulkAction(
            name="send_again",
            label=gettext_lazy("もう一度送る"),
            explanation=gettext_lazy(
                "選んだメールをもう一度送ります。届いているかもしれないメールは、二通になります。"
            ),
            preview=sentence_for_again,
            service=lambda item, actor: send_again(mail=item, actor=actor),
        ),
        BulkAction(
            name="cancel",
            label=gettext_lazy("送信を取りやめる"),
            explanation=gettext_lazy(
                "まだ送られていないメールを取りやめます。送れなかったメールは、対応済みになります。"
            ),
            preview=sentence_for_cancelling,
            service=lambda item, actor, reason: cancel_mail(mail=item, actor=actor, reason=reason),
            form=ReasonForm,
        ),
    ]

    @admin.display(description=gettext_lazy("種類"))
    def label(self, mail: OutgoingMail) -> str:
        return mail.label

    @admin.display(description=gettext_lazy("これまでの経過"))
    def way(self, mail: OutgoingMail) -> SafeString:
        return render_to_string("outbox/steps.html", {"steps": list(steps_of(mail))})

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """The mails of one mailing, from its own page."""
        return lookup in ("about_type", "about_id") or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).defer("data")
