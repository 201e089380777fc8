"""A programme's own pages, with a preview in the page's language."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone, translation

from portal.tenancy.models import Language
from portal.web.models import Page
from portal.web.services.pages import former_texts, restore_page, write_page
from portal.web.staff.base import StaffAdmin
from portal.web.staff.forms import PageForm


@admin.register(Page)
class PageAdmin(StaffAdmin):
    form = PageForm
    fields = ["slug", "language", "title", "body"]
    list_display = ["title", "slug", "language", "updated_at"]
    list_filter = ["slug", "language"]
    search_fields = ["title", "body"]
    add_action = change_action = None
    is_restorable = True

    def get_urls(self) -> list[Any]:
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", preview, name="web_page_preview"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Which page it is, and in which language, is decided once: its address does not move."""
        return ["slug", "language"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {
            name: form.cleaned_data[name] for name in ("title", "body") if not change or name in form.changed_data
        }
        obj.pk = write_page(page=obj, values=values, actor=request.actor).pk  # type: ignore[attr-defined]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The page as it would stand on the site. Nothing is saved; the form stays open in its own window."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        language = request.GET.get("language") or request.POST.get("language")
        page = Page(title=request.POST.get("title", ""), body=request.POST.get("body", ""), updated_at=timezone.now())
        with translation.override(language if language in Language.values else Language.JAPANESE):
            return TemplateResponse(request, "web/page_preview.html", {"page": page}).render()

    def former_values(self, obj: Any, event: Any) -> dict[str, tuple[Any, Any]]:
        return former_texts(page=obj, event=event)

    def restore(self, request: HttpRequest, obj: Any, event: Any) -> None:
        restore_page(page=obj, event=event, actor=request.actor)  # type: ignore[attr-defined]
