"""Cases for staff: read as the public will, published or given back, and the award. The text is the sides' own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from matching.admin.postings import CommentForm, CorrectionForm
from matching.models import Case
from matching.queries.cases import content_of_case
from matching.services.cases import (
    award_case,
    end_award,
    publish_case,
    return_case,
    why_not_award,
    why_not_move,
    why_not_publish,
)
from matching.states import READ_BY_OFFICE, CaseState
from portal.web.access import Actor
from portal.web.dates import fiscal_year_name, fiscal_year_of
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


class AwardForm(forms.Form):
    year = forms.TypedChoiceField(label=gettext_lazy("受賞の年度"), coerce=int)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        this, language = fiscal_year_of(timezone.localdate()), get_language() or "ja"
        years = range(this, this - 6, -1)
        self.fields["year"].choices = [(year, fiscal_year_name(year, language)) for year in years]  # type: ignore[attr-defined]


def unless(refusal: str, text: str) -> str:
    if refusal:
        raise LeftOut(refusal)
    return text


def ending(case: Case, actor: Actor) -> str:
    return unless("" if case.awarded_in else _("受賞を記録していません。"), _("受賞の表示を消します。"))


@admin.register(Case)
class CaseAdmin(StaffAdmin):
    """Each case that was ever submitted, by its name and state. Its text is read while it waits for the office or is
    public: what its sides write again is their own.
    """

    add_role = change_role = None
    is_work = True
    records_views = True
    list_display = ["title", "parties", "state", "category", "year", "submitted_at", "awarded_in"]
    list_filter = ["state", "category", "year", "awarded_in"]
    date_hierarchy = "submitted_at"
    folded_field = "folded"
    ordering = ["-submitted_at", "-id"]
    export_columns = ["title", "parties", "state", "category", "region", "year", "submitted_at", "published_at",
                      "awarded_in"]  # fmt: skip
    fields = ["state", "collaboration", "page", "content", "submitted_at", "published_at", "awarded_in", "comment"]
    readonly_fields = ["page", "content"]
    bulk_actions = [
        BulkAction(
            name="publish",
            label=gettext_lazy("公開する"),
            explanation=gettext_lazy("事例を公開し、すべての団体へメールで知らせます。"),
            preview=lambda item, actor: unless(why_not_publish(item), _("だれでも読めるように公開します。")),
            service=lambda item, actor, comment: publish_case(case=item, actor=actor, comment=comment),
            form=CommentForm,
        ),
        BulkAction(
            name="return",
            label=gettext_lazy("差し戻す・公開をやめる"),
            explanation=gettext_lazy(
                "直していただきたい点を、すべての団体へメールで送ります。公開中の事例は、すぐに見られなくなります。"
            ),
            preview=lambda item, actor: unless(
                why_not_move(item, CaseState.RETURNED), _("理由を送り、団体が直せるようにします。")
            ),
            service=lambda item, actor, reason: return_case(case=item, actor=actor, reason=reason),
            form=CorrectionForm,
        ),
        BulkAction(
            name="award",
            label=gettext_lazy("受賞を記録する"),
            explanation=gettext_lazy("一覧とページに受賞した事例として示し、すべての団体へメールで知らせます。"),
            preview=lambda item, actor: unless(why_not_award(item), _("受賞した事例として示します。")),
            service=lambda item, actor, year: award_case(case=item, year=year, actor=actor),
            form=AwardForm,
        ),
        BulkAction(
            name="end_award",
            label=gettext_lazy("受賞の記録を取り消す"),
            explanation=gettext_lazy("受賞の表示を消します。メールは送りません。"),
            preview=ending,
            service=lambda item, actor, reason: end_award(case=item, reason=reason, actor=actor),
            form=ReasonForm,
        ),
    ]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).exclude(submitted_at=None).prefetch_related("sides__partner")

    @admin.display(description=gettext_lazy("団体"))
    def parties(self, case: Case) -> str:
        return " × ".join(str(side) for side in case.sides.all())

    @admin.display(description=gettext_lazy("公開しているページ"))
    def page(self, case: Case) -> str | SafeString:
        if not Case.objects.public().filter(pk=case.pk).exists():
            return "—"
        address = reverse("cases:detail", args=[case.pk])
        return format_html('<a href="{}">{}</a>', address, address)

    @admin.display(description=gettext_lazy("内容"))
    def content(self, case: Case) -> str | SafeString:
        if case.state not in READ_BY_OFFICE:
            return _("団体だけが見られます。提出されると、ここに表示します。")
        return render_to_string("matching/cases/content.html", {"content": content_of_case(case)})
