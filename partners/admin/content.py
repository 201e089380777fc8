"""Staff screens for what the programme tells its partners and the public: benefits and support desks."""

from typing import Any

from django.contrib import admin
from django.db.models import URLField
from django.forms import ChoiceField, Select
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partners.models import Benefit, SupportDesk
from partners.vocabulary.municipalities import municipalities
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
    list_display = ["name", "municipality_name", "phone", "email", "position", "is_shown"]
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
    def municipality_name(self, desk: SupportDesk) -> str:
        return desk.municipality_name
