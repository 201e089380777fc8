"""The staff's list of who has not moved over yet: to ask them by mail, cohort by cohort, and to telephone the rest."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import MovingPartner, Partner
from partners.services.moving import ask_to_move, receivers_of, why_not_ask
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut

MOST_CALLS = 3000
CALLED = ("number", "name", "batch", "contact_name", "contact_phone", "phone", "contact_email", "asked_at")


def preview(partner: Partner, actor: Actor) -> str:
    if reason := why_not_ask(partner):
        raise LeftOut(reason)
    return _("%sへ送ります。") % "、".join(receivers_of(partner))


@admin.register(MovingPartner)
class MovingPartnerAdmin(StaffAdmin):
    add_role = change_role = None
    list_display = ["name", "batch", "number", "contact_name", "call", "asked_at"]
    list_filter = ["batch"]
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
        partners = list(found.order_by("batch__closes_on", "number")[:MOST_CALLS])
        record_event(
            action=Action.ROWS_EXPORTED,
            subject=request.programme,  # type: ignore[attr-defined]
            actor=request.user,  # type: ignore[arg-type]
            changes={
                "rows": (None, f"{len(partners)}件の{self.opts.verbose_name}"),
                "format": (None, "print"),
                "filter": (None, request.GET.urlencode()),
            },
            reason=_("電話の一覧を印刷"),
        )
        context = self.admin_site.each_context(request) | {
            "title": _("電話の一覧"), "opts": self.opts, "partners": partners, "now": timezone.now(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/partners/movingpartner/calls.html", context)
