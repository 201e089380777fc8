"""Requests of partners for changes, waiting for a decision; and the timeline of what partners did."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Activity, ChangeRequest
from partners.services.changes import PROOF, approve_change, refuse_change, why_not_decide
from partners.states import ChangeState
from portal.files.models import StoredFile
from portal.web.access import Actor
from portal.web.registry import Approval
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm

APPROVAL_OF_CHANGES = "partners.change"


def preview(change: ChangeRequest, state: ChangeState, text: str) -> str:
    if reason := why_not_decide(change, state):
        raise LeftOut(reason)
    return text


def approve(*, subject_id: str, data: dict[str, Any], actor: Actor) -> None:
    approve_change(request=ChangeRequest.objects.get(pk=subject_id), actor=actor)


approval = Approval(
    label=gettext_lazy("変更の申請の承認"),
    carry_out=approve,
    url=lambda key: reverse("admin:partners_changerequest_change", args=[key]),
)


@admin.register(ChangeRequest)
class ChangeRequestAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = True
    list_display = ["partner", "summary", "effective_on", "state", "asked_at", "applied_at"]
    list_filter = ["state", "field"]
    list_select_related = ["partner"]
    date_hierarchy = "asked_at"
    search_fields = ["partner__name", "before", "after"]
    fields = ["partner", "field", "before_now", "after_wanted", "kana", "effective_on", "reason", "proof", "state", "asked_by",
              "asked_at", "decided_by", "decided_at", "applied_at", "comment"]  # fmt: skip
    readonly_fields = ["before_now", "after_wanted", "proof"]
    bulk_actions = [
        BulkAction(
            name="approve",
            label=gettext_lazy("承認する"),
            explanation=gettext_lazy(
                "申請を承認します。変わる日が来ていればすぐに反映し、結果を団体へメールでお知らせします。"
            ),
            preview=lambda item, actor: preview(
                item,
                ChangeState.APPROVED,
                _("%(what)s（%(on)sから）") % {"what": item.summary, "on": item.effective_on},
            ),
            service=lambda item, actor: approve_change(request=item, actor=actor),
            approval=APPROVAL_OF_CHANGES,
        ),
        BulkAction(
            name="refuse",
            label=gettext_lazy("承認しない"),
            explanation=gettext_lazy("申請を承認しません。理由は団体へのメールに載ります。"),
            preview=lambda item, actor: preview(item, ChangeState.REFUSED, _("理由を付けて、結果をお知らせします。")),
            service=lambda item, actor, reason: refuse_change(request=item, actor=actor, comment=reason),
            form=ReasonForm,
        ),
    ]

    @admin.display(description=gettext_lazy("内容"))
    def summary(self, change: ChangeRequest) -> str:
        return change.summary

    @admin.display(description=gettext_lazy("今の値"))
    def before_now(self, change: ChangeRequest) -> str:
        return change.before_in_words

    @admin.display(description=gettext_lazy("新しい値"))
    def after_wanted(self, change: ChangeRequest) -> str:
        return change.after_in_words

    @admin.display(description=gettext_lazy("書類"))
    def proof(self, change: ChangeRequest) -> Any:
        files = StoredFile.objects.of(change, PROOF)
        return format_html_join("、", '<a href="{}">{}</a>', ((file.get_absolute_url(), file) for file in files)) or "—"


@admin.register(Activity)
class ActivityAdmin(StaffAdmin):
    """Read only: the apps write it as things happen."""

    add_role = change_role = None
    list_display = ["on", "partner", "kind", "title"]
    list_display_links = ["title"]
    list_filter = ["kind"]
    list_select_related = ["partner"]
    date_hierarchy = "on"
    search_fields = ["partner__name", "partner__kana", "title"]
    fields = ["on", "partner", "kind", "title", "path"]
    export_columns = ["on", "partner", "kind", "title"]
