"""Partners for staff: found however they are written, with their dated facts; entered on behalf, suspended, removed."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from partners.admin.entering import EntersForPartner
from partners.admin.standing import action_of
from partners.fields import OF_PEOPLE
from partners.models import ChangeRequest, Member, Partner
from partners.queries.arrival import arrival_of
from partners.queries.partners import acted_for_by, once_called, sections_in_use
from partners.queries.profile import facts_in_words, own_profile
from partners.services.profile import correct_given
from partners.states import Move
from portal.web.access import StaffRole
from portal.web.folding import fold
from portal.web.staff.base import StaffAdmin

GIVEN = ["batch", "approved_on", "certificate_dated_on", "certificate_reissued_on"]


@admin.register(Partner)
class PartnerAdmin(EntersForPartner, StaffAdmin):
    """The form holds what the programme gives; what the partner says about itself is entered on behalf, by section."""

    add_role = None
    change_action = None
    is_work = True
    records_views = True
    personal_fields = sorted(OF_PEOPLE)
    list_display = ["number", "name", "kind", "town", "state", "batch", "approved_on", "is_migrated"]
    list_display_links = ["name"]
    list_filter = ["state", "ending", "kind", "is_migrated", "batch"]
    list_select_related = ["batch"]
    date_hierarchy = "approved_on"
    # A former name, and whoever signs in for it, are found too.
    search_fields = [
        "name",
        "kana",
        "common_name",
        "name_en",
        "corporate_number",
        "contact_name",
        "contact_email",
        "phone",
    ]
    fields = ["number", "state", "ending", *GIVEN, "is_migrated", "certificate_code"]
    readonly_fields = ["number", "state", "ending", "is_migrated", "certificate_code"]
    bulk_actions = [action_of(move) for move in Move]
    export_columns = [
        "number", "name", "kana", "kind", "corporate_number", "state", "ending", "batch", "approved_on", "postal_code", "town",
        "address", "phone", "website", "goals", "themes", "contact_name", "contact_email", "contact_phone", "changed_at",
    ]  # fmt: skip
    change_form_template = "admin/partners/partner/change_form.html"

    @admin.display(description=gettext_lazy("市区町村"), ordering="municipality")
    def town(self, partner: Partner) -> str:
        return partner.municipality_name

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """By number and by its people too; and by what it was called before."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not fold(search_term):
            return found, may_repeat
        number = fold(search_term)
        known = Q(pk__in=found.values("pk")) | Q(pk__in=once_called(search_term)) | Q(pk__in=acted_for_by(search_term))
        if number.isdigit() and len(number) < 10:
            known |= Q(number=int(number))
        return queryset.filter(known), False

    def get_urls(self) -> list[Any]:
        return [*self.entry_urls(), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        partner: Partner = self.get_object(request, object_id)
        extra = {
            "sections": own_profile(partner, sections_in_use()),
            "facts": facts_in_words(partner),
            "people": Member.objects.filter(partner=partner).select_related("user"),
            "arrival": arrival_of(partner),
            "changes": ChangeRequest.objects.filter(partner=partner)[:20],
            "may_enter": self._may(request, StaffRole.OFFICER),
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in GIVEN}
        correct_given(partner_id=obj.pk, values=values, actor=request.actor)  # type: ignore[attr-defined]
