"""Collaboration records and logo licences for staff: everything at once, the review of outcomes, revocation."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.admin.postings import CommentForm, CorrectionForm
from matching.models import Collaboration, LogoLicence
from matching.queries.collaborations import outcomes_in_words, reports_of, sides_of
from matching.services.collaborations import (
    approve_outcome,
    lift_revocation,
    return_outcome,
    revoke_licence,
    why_not_lift,
    why_not_move,
)
from matching.states import CollaborationState
from portal.web.access import Actor
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


def sentence(record: Collaboration, state: CollaborationState, text: str) -> str:
    if reason := why_not_move(record, state):
        raise LeftOut(reason)
    return text


def revocation(licence: LogoLicence, actor: Actor) -> str:
    if licence.revoked_at:
        raise LeftOut(_("すでに取り消しています。"))
    return _("%s の許諾を取り消し、団体へ知らせます。") % licence.number


def lifting(licence: LogoLicence, actor: Actor) -> str:
    if refusal := why_not_lift(licence):
        raise LeftOut(refusal)
    return _("%s の団体が、もう一度ロゴを受け取れるようにします。") % licence.number


@admin.register(Collaboration)
class CollaborationAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = True
    list_display = ["title", "parties", "state", "started_on", "reported_at", "approved_at"]
    list_filter = ["state"]
    date_hierarchy = "started_on"
    search_fields = ["title", "sides__partner__name"]
    export_columns = ["title", "parties", "state", "started_on", "reported_at", "approved_at"]
    fields = ["title", "parties", "state", "started_on", "purpose", "target", "target_on", "measures", "reports",
              "outcome", "gained", "figures", "effect", "reported_at", "approved_at", "comment"]  # fmt: skip
    readonly_fields = ["parties", "reports", "gained"]
    bulk_actions = [
        BulkAction(
            name="approve",
            label=gettext_lazy("成果を承認する"),
            explanation=gettext_lazy("成果報告を承認します。すべての団体が、連携ロゴを受け取れるようになります。"),
            preview=lambda item, actor: sentence(
                item, CollaborationState.APPROVED, _("承認し、すべての団体へ知らせます。")
            ),
            service=lambda item, actor, comment: approve_outcome(collaboration=item, actor=actor, comment=comment),
            form=CommentForm,
        ),
        BulkAction(
            name="return",
            label=gettext_lazy("成果報告を差し戻す"),
            explanation=gettext_lazy("直していただきたい点を、すべての団体へメールで送ります。"),
            preview=lambda item, actor: sentence(item, CollaborationState.RETURNED, _("差戻しの理由を送ります。")),
            service=lambda item, actor, reason: return_outcome(collaboration=item, actor=actor, reason=reason),
            form=CorrectionForm,
        ),
    ]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("sides__partner")

    @admin.display(description=gettext_lazy("連携する団体"))
    def parties(self, record: Collaboration) -> str:
        return _("、").join(str(side) for side in record.sides.all())

    @admin.display(description=gettext_lazy("経過の報告"))
    def reports(self, record: Collaboration) -> SafeString:
        shown = {"reports": reports_of(record, 0), "sides": sides_of(record)}
        return render_to_string("matching/reports.html", shown)

    @admin.display(description=gettext_lazy("得られたもの"))
    def gained(self, record: Collaboration) -> str:
        return outcomes_in_words(record.outcomes) or "—"


@admin.register(LogoLicence)
class LogoLicenceAdmin(StaffAdmin):
    """The log of licences. A revoked one stays in it."""

    add_role = change_role = None
    list_display = ["number", "partner", "logo", "collaboration", "accepted_at", "revoked_at"]
    list_filter = ["logo"]
    list_select_related = ["partner", "collaboration"]
    date_hierarchy = "accepted_at"
    search_fields = ["partner__name"]
    fields = ["number", "partner", "logo", "collaboration", "accepted_by", "accepted_at", "revoked_at", "reason",
              "lifted_at"]  # fmt: skip
    readonly_fields = ["number"]
    export_columns = ["number", "partner", "logo", "collaboration", "accepted_at", "revoked_at"]
    bulk_actions = [
        BulkAction(
            name="revoke",
            label=gettext_lazy("許諾を取り消す"),
            explanation=gettext_lazy("ロゴの使用許諾を取り消します。記録は残り、理由は団体へのメールに載ります。"),
            preview=revocation,
            service=lambda item, actor, reason: revoke_licence(licence=item, actor=actor, reason=reason),
            form=ReasonForm,
        ),
        BulkAction(
            name="lift",
            label=gettext_lazy("取消しを解く"),
            explanation=gettext_lazy(
                "団体が、もう一度決まりに同意してロゴを受け取れるようにします。メールは送りません。"
            ),
            preview=lifting,
            service=lambda item, actor, reason: lift_revocation(licence=item, actor=actor, reason=reason),
            form=ReasonForm,
        ),
    ]

    @admin.display(description=gettext_lazy("許諾番号"))
    def number(self, licence: LogoLicence) -> str:
        return licence.number
