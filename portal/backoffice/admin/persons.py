"""Requests of people about their own data: opened with a purpose, read as a sheet for paper, erased after a page that
says what goes and what stays."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partners.models import Member
from portal.backoffice.erasure import disclose, erase, fate_of, open_request, why_not_erase
from portal.backoffice.models import PersonRequest
from portal.backoffice.persons import Row, Table, held_on, person_with
from portal.web.access import StaffRole
from portal.web.forms import sentences_of
from portal.web.staff.base import StaffAdmin


class EraseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("消去する理由"),
        max_length=200,
        help_text=gettext_lazy(
            "記録に残ります。例：本人からの消去の請求（受付第3号）。氏名やアドレスは書かないでください。"
        ),
    )
    sure = forms.BooleanField(label=gettext_lazy("元に戻せないことを確かめました"))


@admin.register(PersonRequest)
class PersonRequestAdmin(StaffAdmin):
    view_role = add_role = StaffRole.APPROVER
    change_role = None
    add_action = None  # the service records it
    add_title = gettext_lazy("個人情報の請求を受け付ける")
    records_views = True
    list_display = ["asked_at", "address", "purpose", "asked_by", "erased_at"]
    list_select_related = ["asked_by"]
    search_fields = ["address", "purpose"]
    ordering = ["-id"]
    fields = ("address", "purpose", "asked_by", "asked_at", "erased_at", "erased_by")
    change_form_template = "admin/backoffice/personrequest/change_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("address", "purpose")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """By the number of a member, so that no address stands in an address of a page."""
        number = request.GET.get("member", "")
        member = Member.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
        return {"address": member.user.email} if member else {}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:request_id>/sheet/", view(require_safe(self.sheet)), name="backoffice_personrequest_sheet"),
            path("<int:request_id>/erase/", view(self.erase_view), name="backoffice_personrequest_erase"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = open_request(actor=request.actor, **form.cleaned_data).pk  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return redirect("admin:backoffice_personrequest_change", obj.pk)

    def sheet(self, request: HttpRequest, request_id: int) -> HttpResponse:
        asked = self._asked(request, request_id)
        try:
            tables = disclose(asked=asked, actor=request.actor)  # type: ignore[attr-defined]
        except ValidationError as refusal:
            return self._back(request, asked, refusal)
        shown = [(table, [(row, self._change_url(table, row)) for row in table.shown()]) for table in tables]
        return self._page(request, "sheet", asked, _("保有する個人情報の一覧"), tables=shown, now=timezone.now())

    def erase_view(self, request: HttpRequest, request_id: int) -> HttpResponse:
        asked, form = self._asked(request, request_id), EraseForm(request.POST or None)
        if asked.erased_at:
            return self._back(request, asked, ValidationError(why_not_erase(asked)))
        if form.is_valid():
            try:
                erase(asked=asked, reason=form.cleaned_data["reason"], actor=request.actor)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)  # type: ignore[arg-type]
            else:
                self.message_user(request, _("この事業にある個人情報を消去しました。"), messages.SUCCESS)
                return redirect("admin:backoffice_personrequest_change", asked.pk)
        tables = [(table, fate_of(table)) for table in held_on(person_with(asked.address))]
        return self._page(
            request, "erase", asked, _("個人情報を消去する"), tables=tables, form=form, refusal=why_not_erase(asked)
        )

    def _asked(self, request: HttpRequest, request_id: int) -> PersonRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked: PersonRequest = self.get_object(request, str(request_id))
        return asked

    def _back(self, request: HttpRequest, asked: PersonRequest, refusal: ValidationError) -> HttpResponse:
        self.message_user(request, sentences_of(refusal), messages.ERROR)
        return redirect("admin:backoffice_personrequest_change", asked.pk)

    def _change_url(self, table: Table, row: Row) -> str:
        """Where staff correct it; empty for what has no screen of its own."""
        name = f"admin:{table.model._meta.app_label}_{table.model._meta.model_name}_change"
        try:
            return reverse(name, args=[row.key])
        except NoReverseMatch:
            return ""

    def _page(self, request: HttpRequest, page: str, asked: PersonRequest, title: str, **facts: Any) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"title": title, "opts": self.opts, "object": asked}
        context |= {"programme": request.programme, **facts}  # type: ignore[attr-defined]
        return TemplateResponse(request, f"admin/backoffice/personrequest/{page}.html", context)
