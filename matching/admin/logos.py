"""The programme's own drawings of its logos, edition by edition."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from matching.forms.logos import EditionForm
from matching.logos import TYPES, draw_edition
from matching.models import LogoEdition
from matching.services.logos import add_edition, stop_using, use_edition, why_not_stop, why_not_use
from matching.vocabulary import Logo
from portal.files.senders import Sender
from portal.web.access import StaffRole
from portal.web.forms import page_form
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut

SAMPLE_NUMBER = "0-00000"


def sentence(refusal: str, text: str) -> str:
    if refusal:
        raise LeftOut(refusal)
    return text


@admin.register(LogoEdition)
class LogoEditionAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["__str__", "is_in_use", "note", "added_by", "added_at"]
    list_filter = ["logo", "is_in_use"]
    list_select_related = ["added_by"]
    fields = ["logo", "number", "is_in_use", "note", "shown", "added_by", "added_at"]
    readonly_fields = ["shown"]
    change_list_template = "admin/matching/logoedition/change_list.html"
    bulk_actions = [
        BulkAction(
            name="use",
            label=gettext_lazy("この版を使う"),
            explanation=gettext_lazy("団体が受け取るロゴを、この版にします。"),
            preview=lambda item, actor: sentence(why_not_use(item), _("いまの版に代えて使います。")),
            service=lambda item, actor: use_edition(edition=item, actor=actor),
        ),
        BulkAction(
            name="stop",
            label=gettext_lazy("使うのをやめる"),
            explanation=gettext_lazy("団体が受け取るロゴを、このポータルの標準の図柄に戻します。"),
            preview=lambda item, actor: sentence(why_not_stop(item), _("標準の図柄に戻します。")),
            service=lambda item, actor: stop_using(edition=item, actor=actor),
        ),
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        new = require_http_methods(["GET", "HEAD", "POST"])(self.new_view)
        return [
            path("new/", view(new), name="matching_logoedition_new"),
            path(
                "<int:edition_id>/files/<slug:form>/",
                view(require_safe(self.file_view)),
                name="matching_logoedition_file",
            ),
            *super().get_urls(),
        ]

    def new_view(self, request: HttpRequest) -> HttpResponse:
        if not self.admin_site.may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = page_form(EditionForm, request, sender=Sender(request))  # type: ignore[arg-type]
        if form.is_valid():
            typed = form.cleaned_data
            try:
                made = add_edition(
                    logo=Logo(typed["logo"]), svg=typed["svg"], files=form.kept_files, note=typed["note"],
                    actor=request.actor,  # type: ignore[attr-defined]
                )  # fmt: skip
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                self.message_user(request, _("新しい版を載せました。団体が受け取るロゴは、いまからこの版です。"))
                return HttpResponseRedirect(reverse("admin:matching_logoedition_change", args=[made.pk]))
        context = self.admin_site.each_context(request) | {
            "title": _("新しい版を載せる"), "opts": self.opts, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "admin/matching/logoedition/new.html", context)

    def file_view(self, request: HttpRequest, edition_id: int, form: str) -> HttpResponse:
        """As partners get it, with a sample of a licence number."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = get_object_or_404(LogoEdition, pk=edition_id)
        if form not in TYPES:
            raise Http404
        response = HttpResponse(draw_edition(edition, form, SAMPLE_NUMBER), content_type=TYPES[form])
        name = f"{edition.logo}-logo-{edition.number}.{form}"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response

    @admin.display(description=gettext_lazy("ファイル"))
    def shown(self, edition: LogoEdition) -> SafeString:
        return render_to_string("matching/edition.html", {"edition": edition, "forms": list(TYPES)})
