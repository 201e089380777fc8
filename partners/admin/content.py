"""Staff screens for what the programme tells its partners and the public: benefits, support desks, examples beside fields."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import URLField
from django.forms import ChoiceField, Form, Select
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS
from partners.forms.profile import form_field, usual_example
from partners.models import Benefit, FieldExample, SupportDesk
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.models import Language
from portal.tenancy.scope import current_programme
from portal.web.access import StaffRole
from portal.web.staff.base import StaffAdmin

REACHED = ("phone", "fax", "email", "website", "postal_code", "address")


class ReachableAdmin(StaffAdmin):
    delete_role = StaffRole.OFFICER

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Benefit)
class BenefitAdmin(ReachableAdmin):
    list_display = ["title", "owner", "language", "is_for_banks", "position", "is_shown"]
    list_filter = ["language", "is_for_banks", "is_shown"]
    search_fields = ["title", "owner", "body"]
    fields = ("title", "language", "body", "owner", *REACHED, "is_for_banks", "position", "is_shown")


@admin.register(SupportDesk)
class SupportDeskAdmin(ReachableAdmin):
    list_display = ["name", "municipality_label", "phone", "email", "position", "is_shown"]
    list_filter = ["is_shown"]
    search_fields = ["name", "address"]
    fields = ("name", "municipality", "hours", *REACHED, "position", "is_shown")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "municipality":
            places = municipalities(current_programme().prefecture_code)
            choices = [("", _("なし")), *((code, place.full_name) for code, place in places.items())]
            return ChoiceField(label=db_field.verbose_name, choices=choices, required=False, widget=Select)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("市区町村"))
    def municipality_label(self, desk: SupportDesk) -> str:
        return desk.municipality_label


@admin.register(FieldExample)
class FieldExampleAdmin(StaffAdmin):
    """The programme's own words beside a field. Partners read them while they type, so approvers write them."""

    add_role = change_role = delete_role = StaffRole.APPROVER
    list_display = ["__str__", "language", "text", "usual"]
    list_filter = ["language"]
    search_fields = ["field", "text"]
    fields = ("field", "language", "text")
    change_form_template = "admin/partners/fieldexample/change_form.html"

    def get_urls(self) -> list[Any]:
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", preview, name="partners_fieldexample_preview"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["field", "language"] if obj else []

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The field as it would stand on partners' forms. Nothing is saved; the form stays open in its own window."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        name, language = (request.GET.get(key) or request.POST.get(key, "") for key in ("field", "language"))
        with translation.override(language if language in Language.values else Language.JAPANESE):
            form = Form()
            if name in FIELDS:
                form.fields[name] = form_field(name, request.POST.get("text", ""))
                form.fields[name].need = FIELDS[name].need  # type: ignore[attr-defined]
            return TemplateResponse(request, "partners/example_preview.html", {"form": form}).render()

    @admin.display(description=_("ふつうの記入例"))
    def usual(self, example: FieldExample) -> str:
        return str(usual_example(example.field)) or "—"
