"""Reports for staff: read, returned with a reason, hidden with a reason, and entered on behalf."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Partner
from portal.files.senders import Sender
from portal.web.access import Actor, StaffRole
from portal.web.forms import page_form
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from renewals.duties import RenewalDuty
from renewals.forms.reports import EntryForm, ReportForm
from renewals.models import Report
from renewals.models.reports import SECTIONS
from renewals.queries.records import owed_by
from renewals.queries.reports import photos_of
from renewals.rules import is_public
from renewals.services.reports import Covers, enter_report, hide_report, return_report, show_report


def preview_return(report: Report, actor: Actor) -> str:
    if report.is_returned:
        raise LeftOut(_("すでに差し戻しています。"))
    return _("理由を付けて差し戻します。直るまで公開しません。提出した方へメールでお知らせします。")


def preview_hide(report: Report, actor: Actor) -> str:
    if report.is_hidden:
        raise LeftOut(_("すでに公開を止めています。"))
    return _("公開を止めます。報告の義務は果たされたままです。提出した方へ理由をメールでお知らせします。")


def preview_show(report: Report, actor: Actor) -> str:
    if not report.is_hidden:
        raise LeftOut(_("公開は止められていません。"))
    return _("また公開します。")


class YearFilter(admin.AllValuesFieldListFilter):
    """A report for a renewal belongs to no year."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = escape(_("登録の更新"))


FIELDS: Any = [
    "partner", "fiscal_year", "covers_from", "covers_to", "receipt", "received_on", "sent_by", "state",
    "business", "meetings", "calls", "collaborations", "free",
    "returned_on", "returned_because", "corrected_on", "hidden_on", "hidden_because",
]  # fmt: skip


@admin.register(Report)
class ReportAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = True
    list_display = ["receipt", "partner", "about", "received_on", "state", "publication", "entered_through"]
    list_filter = [("fiscal_year", YearFilter), "state", "entered_through"]
    list_select_related = ["partner"]
    date_hierarchy = "received_on"
    search_fields = ["receipt", "partner__name", "partner__kana", "business"]
    fields = FIELDS
    export_columns = [
        "receipt",
        "partner",
        "fiscal_year",
        "covers_from",
        "covers_to",
        "received_on",
        "state",
        "business",
    ]
    change_list_template = "admin/renewals/report/change_list.html"
    change_form_template = "admin/renewals/report/change_form.html"
    bulk_actions = [
        BulkAction(
            name="return",
            label=gettext_lazy("差し戻す"),
            explanation=gettext_lazy(
                "直していただきたいところを伝え、報告を差し戻します。期限は、直す期間だけ待ちます。"
            ),
            preview=preview_return,
            service=lambda item, actor, reason: return_report(report_id=item.pk, reason=reason, actor=actor),
            form=ReasonForm,
        ),
        BulkAction(
            name="hide",
            label=gettext_lazy("公開を止める"),
            explanation=gettext_lazy("公開のページから外します。理由は提出した方へのメールに載ります。"),
            preview=preview_hide,
            service=lambda item, actor, reason: hide_report(report_id=item.pk, reason=reason, actor=actor),
            form=ReasonForm,
        ),
        BulkAction(
            name="show",
            label=gettext_lazy("また公開する"),
            explanation=gettext_lazy("止めていた公開を再開します。"),
            preview=preview_show,
            service=lambda item, actor: show_report(report_id=item.pk, actor=actor),
        ),
    ]

    @admin.display(description=gettext_lazy("年度"), ordering="fiscal_year")
    def about(self, report: Report) -> str:
        return _("登録の更新") if report.fiscal_year is None else str(report.fiscal_year)

    @admin.display(description=gettext_lazy("公開"))
    def publication(self, report: Report) -> str:
        return _("止めています") if report.is_hidden else "—"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What did not happen, and was not written, needs no line."""
        return [name for name in FIELDS if getattr(obj, name, None) not in (None, "")]

    def get_urls(self) -> list[Any]:
        enter = self.admin_site.admin_view(self.enter)
        return [path("enter/<int:partner_id>/", enter, name="renewals_report_enter"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report: Report = self.get_object(request, object_id)
        versions = report.versions.select_related("replaced_by")
        extra = {
            "photos": photos_of(report),
            "versions": [(version, in_words(version.content)) for version in versions],
            "is_public": is_public(report),
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def enter(self, request: HttpRequest, partner_id: int) -> HttpResponse:
        """代理入力, of any year since the registration."""
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        partner = get_object_or_404(Partner.objects.exclude(approved_on=None), pk=partner_id)
        form = page_form(ReportForm, request, sender=Sender(request))  # type: ignore[arg-type]
        how = page_form(EntryForm, request, since=partner.approved_on, renewal=_open_renewal(partner))
        if form.is_valid() and how.is_valid():
            try:
                report = enter_report(
                    form_key=form.key, partner_id=partner.pk, content=form.content, entry=how.entry,
                    actor=request.actor,  # type: ignore[attr-defined]
                )  # fmt: skip
            except ValidationError as refusal:
                how.add_error(None, refusal)
            else:
                messages.success(request, _("代理入力しました。代表の方へメールでお知らせします。"))
                return redirect("admin:renewals_report_change", report.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("活動報告の代理入力：%s") % partner, "opts": self.opts, "object": partner, "form": form, "how": how,
        }  # fmt: skip
        return TemplateResponse(request, "admin/renewals/report/enter.html", context)


def in_words(content: dict[str, Any]) -> list[tuple[str, str]]:
    """What was written in a former version, with the labels of the form; empty parts left out."""
    figures = "、".join("：".join(figure) for figure in content.get("figures", ()))
    goals = "、".join(map(str, content.get("goals", ())))
    rows = [(str(label), content.get(name, "")) for name, label in SECTIONS.items()]
    rows += [(_("取り組んだSDGsの目標"), goals), (_("数字でみる成果"), figures)]
    rows += [(_("写真の説明"), content.get("photos_alt", ""))]
    return [(label, text) for label, text in rows if text]


def _open_renewal(partner: Partner) -> Covers | None:
    answer = owed_by(partner, timezone.localdate())
    duty = next((duty for duty in answer.all_duties if isinstance(duty, RenewalDuty)), None) if answer else None
    return Covers(None, duty.covers_from, duty.covers_to) if duty else None
