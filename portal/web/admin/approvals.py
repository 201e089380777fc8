"""Requests for a second approver: what was asked, and the three ways in which it ends."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.registry import approvals
from portal.web.services.approvals import approve_request, decline_request, why_not_decide, withdraw_request
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from portal.web.states import ApprovalState


def sentence(request: ApprovalRequest, actor: Actor, state: ApprovalState, text: str) -> str:
    if reason := why_not_decide(request, actor, state):
        raise LeftOut(reason)
    return text


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = True
    list_display = ["title", "what", "state", "asked_by", "asked_at", "decided_by"]
    list_filter = ["state"]
    list_select_related = ["asked_by", "decided_by"]
    date_hierarchy = "asked_at"
    search_fields = ["title", "what"]
    fields = ["deed", "subject", "what", "state", "asked_by", "asked_at", "decided_by", "decided_at", "note"]
    readonly_fields = ["deed", "subject"]
    bulk_actions = [
        BulkAction(
            name="approve",
            label=gettext_lazy("承認して実行する"),
            explanation=gettext_lazy("依頼を承認します。承認すると、依頼された操作がすぐに実行されます。"),
            preview=lambda item, actor: sentence(item, actor, ApprovalState.APPROVED, item.what),
            service=lambda item, actor: approve_request(request=item, actor=actor),
            least=StaffRole.APPROVER,
        ),
        BulkAction(
            name="decline",
            label=gettext_lazy("差し戻す"),
            explanation=gettext_lazy("依頼を差し戻します。依頼された操作は実行されません。"),
            preview=lambda item, actor: sentence(item, actor, ApprovalState.DECLINED, _("理由を付けて差し戻します。")),
            service=lambda item, actor, reason: decline_request(request=item, actor=actor, note=reason),
            least=StaffRole.APPROVER,
            form=ReasonForm,
        ),
        BulkAction(
            name="withdraw",
            label=gettext_lazy("依頼を取り下げる"),
            explanation=gettext_lazy("自分の依頼を取り下げます。依頼した操作は実行されません。"),
            preview=lambda item, actor: sentence(item, actor, ApprovalState.WITHDRAWN, _("自分の依頼を取り下げます。")),
            service=lambda item, actor: withdraw_request(request=item, actor=actor),
        ),
    ]

    @admin.display(description=gettext_lazy("操作"))
    def deed(self, request: ApprovalRequest) -> str:
        return str(approvals[request.name].label) if request.name in approvals else request.name

    @admin.display(description=gettext_lazy("対象"))
    def subject(self, request: ApprovalRequest) -> Any:
        if request.name not in approvals:
            return request.title
        return format_html('<a href="{}">{}</a>', approvals[request.name].url(request.subject_id), request.title)
