"""The platform's host: all programmes with their hosts. What is done here is put on the programme's own record."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.tenancy.models import Programme, ProgrammeHost
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.admin.settings import FIELDSETS, save_settings
from portal.web.admin_site import platform_site
from portal.web.services.programmes import change_hosts, create_programme
from portal.web.staff.base import RowsThatCame, StaffAdmin, StaffInline
from portal.web.staff.forms import ProgrammeForm, StaffForm


class HostForm(StaffForm):
    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip().lower()


class HostFormSet(RowsThatCame):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if sum(bool(form.cleaned_data.get("is_primary")) for form in kept) != 1:
            raise ValidationError(_("リンクに使うホスト名を、ちょうど一つ選んでください。"))


class HostInline(StaffInline):
    model = ProgrammeHost
    form = HostForm
    formset = HostFormSet
    delete_role = StaffRole.APPROVER
    min_num = 1
    show_change_link = False


@admin.register(Programme, site=platform_site)
class ProgrammeAdmin(StaffAdmin):
    form = ProgrammeForm
    fieldsets = [(None, {"fields": ["slug", "is_public"]}), *FIELDSETS]
    add_action = change_action = None
    list_display = ["operator", "name", "slug", "is_public"]
    list_filter = ["is_public"]
    search_fields = ["operator", "name", "slug"]
    inlines = [HostInline]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            save_settings(request, obj, form)
        else:
            create_programme(programme=obj, logo=form.logo, actor=request.actor)  # type: ignore[attr-defined]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        hosts = [*(host for host, _fields in formset.changed_objects), *formset.new_objects]
        change_hosts(
            programme=form.instance,
            kept=hosts,
            removed=formset.deleted_objects,
            actor=request.actor,  # type: ignore[attr-defined]
        )

    def history(self, obj: Any) -> list[Any]:
        with programme_scope(obj):
            return list(super().history(obj))
