"""取消しの手続: the docket of a removal, one deed after the other, with letter and decision as PDF."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from partners.forms.profile import TypedDayField
from portal.web.access import Actor, StaffRole
from portal.web.pdf import pdf_response
from portal.web.registry import Approval
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from renewals.document import decision_pdf, notice_pdf
from renewals.models import Docket, DocketEntry
from renewals.queries.records import owed_by
from renewals.services import docket as deeds

APPROVAL = "renewals.remove"


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("手続の記録に残ります。"),
    )  # fmt: skip


class NoticeForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("書き添えること"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("メールと手紙の本文の後に載ります。"),
    )  # fmt: skip


class GraceForm(TextForm):
    until = TypedDayField(label=gettext_lazy("いつまで延ばすか"))
    field_order = ("until", "text")


class HearingForm(NoticeForm):
    on = TypedDayField(label=gettext_lazy("意見を聴く日"))
    hour = forms.TimeField(label=gettext_lazy("時刻"), widget=forms.TimeInput({"type": "time"}))
    place = forms.CharField(label=gettext_lazy("場所"), max_length=200)
    field_order = ("on", "hour", "place", "text")


def removable(docket: Docket) -> str:
    return deeds.why_not_remove(docket, owed_by(docket.partner, timezone.localdate()))


def closable(docket: Docket) -> str:
    return "" if docket.is_open else _("「%s」の手続には、できません。") % docket.get_state_display()


def deed(
    name: str, label: Any, says: Any, why_not: Callable[[Docket], str], does: Callable[..., Any], **options: Any
) -> BulkAction:
    """A step: what it will do is its explanation; why it cannot be done now is said beside it.

    The steps so far are counted in what is confirmed: after a colleague's step, or the back button, it is looked at anew.
    """

    def preview(docket: Docket, actor: Actor) -> str:
        if reason := why_not(docket):
            raise LeftOut(reason)
        steps = docket.entries.count()
        return ngettext("%(says)s（これまでの記録：%(count)d件）", "%(says)s（これまでの記録：%(count)d件）", steps) % {
            "says": says, "count": steps,
        }  # fmt: skip

    return BulkAction(
        name=name, label=label, explanation=says, preview=preview,
        service=lambda item, actor, **typed: does(docket_id=item.pk, actor=actor, **typed), **options,
    )  # fmt: skip


@admin.register(Docket)
class DocketAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = True
    list_display = ["partner", "number", "state", "opened_at"]
    list_filter = ["state"]
    list_select_related = ["partner"]
    date_hierarchy = "opened_at"
    search_fields = ["partner__name", "partner__kana"]
    fields = ["partner", "state", "opened_at", "why"]
    change_form_template = "admin/renewals/docket/change_form.html"
    bulk_actions = [
        deed("notify", gettext_lazy("通知を送る"),
             gettext_lazy("団体へメールで通知し、郵送する手紙を作れるようにします。通知は14日以上あけて2回送ります。"),
             deeds.why_not_notify, deeds.notify, form=NoticeForm),
        deed("call", gettext_lazy("電話を記録する"), gettext_lazy("電話で話したことを記録します。"),
             closable, deeds.note_call, form=TextForm),
        deed("grant", gettext_lazy("猶予を認める"),
             gettext_lazy("提出を待っているものの期限を、選んだ日まで延ばし、団体へメールでお知らせします。"),
             deeds.why_not_answer_grace, deeds.grant_grace, form=GraceForm),
        deed("refuse", gettext_lazy("猶予を認めない"), gettext_lazy("理由を付けて、団体へメールでお返事します。"),
             deeds.why_not_answer_grace, deeds.refuse_grace, form=TextForm),
        deed("hearing", gettext_lazy("意見を聴く日を決める"), gettext_lazy("日時と場所、理由、書面での答え方を、団体へメールでお知らせし、郵送する手紙を作れるようにします。"),
             deeds.why_not_set_hearing, deeds.set_hearing, form=HearingForm),
        deed("heard", gettext_lazy("聴いた意見を記録する"), gettext_lazy("聴いた意見、または来られなかったことを記録します。"),
             deeds.why_not_note_hearing, deeds.note_hearing, form=TextForm),
        deed("remove", gettext_lazy("登録を取り消す"),
             gettext_lazy("登録を取り消します。理由は団体へのメールと記録に載ります。一覧と登録証にはすぐに反映されます。"),
             removable, deeds.decide_removal, form=ReasonForm, least=StaffRole.APPROVER, approval=APPROVAL),
        deed("close", gettext_lazy("取り消さずに終える"), gettext_lazy("登録はそのまま続きます。"),
             closable, deeds.close_docket, form=ReasonForm),
        deed("restore", gettext_lazy("登録を元に戻す"),
             gettext_lazy("取消しから1年以内であれば、登録を元に戻せます。一覧と登録証にはすぐに反映されます。"),
             deeds.why_not_restore, deeds.restore, form=ReasonForm, least=StaffRole.APPROVER),
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("手続番号"))
    def number(self, docket: Docket) -> str:
        return docket.number

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:docket_id>/decision/", require_safe(view(self.decision)), name="renewals_docket_decision"),
            path("letters/<int:entry_id>/", require_safe(view(self.letter)), name="renewals_docket_letter"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        docket: Docket = self.get_object(request, object_id)
        extra = {"entries": docket.entries.select_related("by")}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def decision(self, request: HttpRequest, docket_id: int) -> HttpResponse:
        docket = get_object_or_404(Docket.objects.select_related("partner"), pk=docket_id)
        return pdf_response(decision_pdf(docket), _("決定書-%s.pdf") % docket.number)

    def letter(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        entries = DocketEntry.objects.select_related("docket__partner")
        entry = get_object_or_404(entries, pk=entry_id)
        if not entry.has_letter:
            raise Http404
        return pdf_response(notice_pdf(entry), _("通知-%s.pdf") % entry.docket.number)


def carry_out_removal(*, subject_id: str, data: dict[str, Any], actor: Actor) -> None:
    deeds.decide_removal(docket_id=int(subject_id), reason=data["reason"], actor=actor)


removal = Approval(
    label=gettext_lazy("活動報告がない団体の登録の取消し"),
    carry_out=carry_out_removal,
    url=lambda key: reverse("admin:renewals_docket_change", args=[key]),
)
