"""The staff screen of handovers: one page to hand everything over, a list of what was, and the list on paper."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.backoffice.forms import HandoverForm, LeaverForm
from portal.backoffice.models import Handover
from portal.backoffice.queries import held_by, successors_of, table_of
from portal.backoffice.services import hand_over
from portal.web.access import StaffRole
from portal.web.pdf import pdf_response, render_pdf
from portal.web.queries import programme_staff
from portal.web.staff.base import StaffAdmin
from portal.web.staff.exports import record_taking


@admin.register(Handover)
class HandoverAdmin(StaffAdmin):
    change_role = None
    add_action = None  # the service records it
    list_display = ["at", "leaver", "successor", "count", "done_by"]
    list_display_links = ["at"]
    list_select_related = ["leaver", "successor", "done_by"]
    search_fields = ["leaver__name", "successor__name", "note"]
    ordering = ["-id"]
    fields = ("leaver", "successor", "at", "done_by", "note", "what")
    readonly_fields = ("what",)
    change_form_template = "admin/backoffice/handover/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(count=Count("items"))

    @admin.display(description=gettext_lazy("件数"), ordering="count")
    def count(self, handover: Any) -> str:
        return _("%d件") % handover.count

    @admin.display(description=gettext_lazy("引き継いだもの"))
    def what(self, handover: Handover) -> SafeString:
        return render_to_string("admin/backoffice/handover/items.html", {"items": handover.items.all()})

    def get_urls(self) -> list[Any]:
        sheet = self.admin_site.admin_view(self.sheet)
        return [path("<int:handover_id>/sheet/", sheet, name="backoffice_handover_sheet"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {"may_print": self._may(request, StaffRole.OFFICER)}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Whose work, to whom, with which words; then all of it at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        people = programme_staff()
        chosen = LeaverForm(request.GET if "leaver" in request.GET else None, people=self._leavers(request, people))
        leaver: Any = chosen.cleaned_data["leaver"] if chosen.is_valid() else request.user
        form = HandoverForm(request.POST or None, people=successors_of(leaver), items=held_by(leaver))
        if form.is_valid() and (handover := self._handed_over(request, leaver, form)):
            return redirect("admin:backoffice_handover_change", handover.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("担当の仕事を引き継ぐ"), "opts": self.opts, "form": form, "chosen": chosen, "leaver": leaver,
        }  # fmt: skip
        return TemplateResponse(request, "admin/backoffice/handover/add.html", context)

    def _leavers(self, request: HttpRequest, people: list[Any]) -> list[Any]:
        return people if self._may(request, StaffRole.APPROVER) else [request.user]

    def _handed_over(self, request: HttpRequest, leaver: Any, form: HandoverForm) -> Handover | None:
        typed = form.cleaned_data
        try:
            handover = hand_over(
                leaver=leaver, successor=typed["successor"], note=typed["note"], notes=form.notes,
                actor=request.actor,  # type: ignore[attr-defined]
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)  # type: ignore[arg-type]
            return None
        text = _("%(count)d件を%(successor)sさんに引き継ぎました。一覧を印刷して渡せます。")
        named = {"count": handover.items.count(), "successor": handover.successor}
        self.message_user(request, text % named, messages.SUCCESS)
        return handover

    def sheet(self, request: HttpRequest, handover_id: int) -> HttpResponse:
        """On paper. Like every list that is taken away, it is put on record."""
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        handover: Handover = self.get_object(request, str(handover_id))
        head, rows = table_of(handover)
        record_taking(self, request, count=len(rows), how="pdf", reason=_("引継ぎの一覧を印刷"))
        pdf = render_pdf(
            "handover.typ",
            title=_("引継ぎの一覧"),
            day=timezone.localdate(handover.at),
            data={
                "facts": [
                    (_("前任"), str(handover.leaver)), (_("後任"), str(handover.successor)), (_("件数"), str(len(rows))),
                ],
                "note_heading": _("後任への申し送り"),
                "note": handover.note,
                "heading": _("引き継いだもの"),
                "head": head,
                "rows": rows,
            },
        )  # fmt: skip
        return pdf_response(pdf, f"handover-{timezone.localdate(handover.at)}.pdf")
