"""For staff: the addresses at which mail does not arrive, and taking the mark away with a reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.outbox.bounces import end_mark
from portal.outbox.models import DeadAddress
from portal.web.access import Actor
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


def sentence_for_ending(dead: DeadAddress, actor: Actor) -> str:
    if dead.ended_at:
        raise LeftOut(_("すでに解除しました。"))
    return _("%s への一斉送信を再開します。また届かなければ、もう一度印が付きます。") % dead.address


class OpenFilter(admin.SimpleListFilter):
    title = gettext_lazy("印")
    parameter_name = "is_open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("届かない")), ("0", gettext_lazy("解除済み"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() not in ("0", "1") else queryset.filter(ended_at__isnull=self.value() == "1")


@admin.register(DeadAddress)
class DeadAddressAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = records_views = True
    list_display = ["address", "kind", "since", "words", "ended_at"]
    list_filter = [OpenFilter, "kind"]
    search_fields = ["address"]
    ordering = ["-since", "-id"]
    fields = ["address", "kind", "words", "since", "mail", "ended_at", "whose"]
    readonly_fields = ["whose"]
    bulk_actions = [
        BulkAction(
            name="end",
            label=gettext_lazy("届かない印を解除する"),
            explanation=gettext_lazy(
                "相手に確かめて、届くようになったときに解除します。ログインの案内や個別の連絡は、印があっても送っています。"
            ),
            preview=sentence_for_ending,
            service=lambda item, actor, reason: end_mark(dead=item, actor=actor, reason=reason),
            form=ReasonForm,
        )
    ]

    @admin.display(description=gettext_lazy("だれのアドレスか"))
    def whose(self, dead: DeadAddress) -> SafeString:
        return render_to_string("outbox/whose.html", {"address": dead.address})
