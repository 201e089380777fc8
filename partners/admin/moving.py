"""The staff's list of who has not moved over yet: to ask them by mail, cohort by cohort, and to telephone the rest."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Batch, MovingPartner, Partner
from partners.services.moving import ask_to_move, receivers_of, why_not_ask
from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.staff.exports import record_taking

MOST_CALLS = 3000
CALLED = ("number", "name", "batch", "contact_name", "contact_phone", "phone", "contact_email", "asked_at")


class CohortFilter(admin.SimpleListFilter):
    """Several at once: a wave of mails goes to the cohorts that are chosen here."""

    title = gettext_lazy("期（いくつでも）")
    parameter_name = "cohorts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        batches = Batch.objects.filter(partners__in=MovingPartner.objects.all()).distinct().order_by("closes_on", "pk")
        return [*((str(batch.pk), str(batch)) for batch in batches), ("none", _("期なし"))]

    @property
    def chosen(self) -> list[str]:
        wanted = str(self.value() or "").split(",")
        return [value for value, _label in self.lookup_choices if value in wanted]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.chosen:
            return queryset
        without = Q(batch=None) if "none" in self.chosen else Q(pk__in=[])
        return queryset.filter(Q(batch__in=[value for value in self.chosen if value != "none"]) | without)

    def choices(self, changelist: Any) -> Iterator[Any]:
        chosen, counts = self.chosen, self.get_facet_queryset(changelist)
        everything = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": not chosen, "query_string": everything, "display": _("すべて")}
        for number, (value, label) in enumerate(self.lookup_choices):
            toggled = [one for one, _label in self.lookup_choices if (one in chosen) != (one == value)]
            address = changelist.get_query_string({self.parameter_name: ",".join(toggled)}) if toggled else everything
            yield {
                "selected": value in chosen,
                "query_string": address,
                "display": f"{label} ({counts[f'{number}__c']})",
            }


def preview(partner: Partner, actor: Actor) -> str:
    if reason := why_not_ask(partner):
        raise LeftOut(reason)
    return _("%sへ送ります。") % "、".join(receivers_of(partner))


@admin.register(MovingPartner)
class MovingPartnerAdmin(StaffAdmin):
    add_role = change_role = None
    records_views = True
    list_display = ["name", "batch", "number", "contact_name", "call", "asked_at"]
    list_filter = [CohortFilter]
    list_select_related = ["batch"]
    search_fields = ["name", "kana", "contact_name"]
    fields = ("name", "number", "batch", "contact_name", "contact_phone", "phone", "contact_email", "asked_at")
    readonly_fields = ("asked_at",)
    export_columns = CALLED
    change_list_template = "admin/partners/movingpartner/change_list.html"
    bulk_actions = [
        BulkAction(
            name="ask",
            label=gettext_lazy("移行をお願いするメールを送る"),
            explanation=gettext_lazy(
                "登録情報の確認をお願いするメールを送ります。同じ団体へ、7日のあいだに二度は送りません。"
            ),
            preview=preview,
            service=lambda item, actor: ask_to_move(partner=item, actor=actor),
        ),
    ]

    def get_urls(self) -> list[Any]:
        calls = self.admin_site.admin_view(self.calls_view)
        return [path("calls/", calls, name="partners_movingpartner_calls"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(last_asked=Max("moving_mails__sent_at"))

    @admin.display(description=gettext_lazy("電話"))
    def call(self, partner: Partner) -> str:
        return partner.contact_phone or partner.phone

    @admin.display(description=gettext_lazy("最後のお願い"), ordering="last_asked")
    def asked_at(self, partner: Any) -> str:
        return f"{timezone.localtime(partner.last_asked):%Y-%m-%d}" if partner.last_asked else ""

    def calls_view(self, request: HttpRequest) -> HttpResponse:
        """The list to telephone by, on paper. Like every list that is taken away, it is put on record."""
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            found = self.get_changelist_instance(request).get_queryset(request)  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return HttpResponseRedirect("../")
        partners = list(found.order_by("batch__closes_on", "number")[: MOST_CALLS + 1])
        if len(partners) > MOST_CALLS:
            refusal = _("一度に印刷できるのは%d団体までです。期などで絞り込んでください。") % MOST_CALLS
            self.message_user(request, refusal, messages.ERROR)
            return HttpResponseRedirect(f"../?{request.GET.urlencode()}")
        record_taking(self, request, count=len(partners), how="print", reason=_("電話の一覧を印刷"))
        context = self.admin_site.each_context(request) | {
            "title": _("電話の一覧"), "opts": self.opts, "partners": partners, "now": timezone.now(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/partners/movingpartner/calls.html", context)
