"""The check queue of postings: read, comment, list or give back; and the programme's rules."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import MatchingSettings, Posting
from matching.queries.numbers import by_year
from matching.queries.postings import content_of, facts_of, role_table
from matching.services.postings import ATTACHMENTS, end_posting, list_posting, return_posting, why_not_move
from matching.states import PostingState
from portal.files.models import StoredFile
from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("団体へのひとこと"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("団体へのメールと募集のページに載ります。なくてもかまいません。"),
    )  # fmt: skip


class CorrectionForm(ReasonForm):
    reason = forms.CharField(
        label=gettext_lazy("直していただきたい点"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("このまま団体へメールで送ります。"),
    )  # fmt: skip


def sentence(posting: Posting, state: PostingState, text: str) -> str:
    if reason := why_not_move(posting, state):
        raise LeftOut(reason)
    return text


def listing_sentence(posting: Posting, actor: Actor) -> str:
    if posting.state != PostingState.SUBMITTED:
        raise LeftOut(_("確認待ちではありません。"))
    return _("「%(reach)s」として公開します。") % {"reach": posting.get_reach_display()}


def end(item: Posting, actor: Actor, reason: str) -> Any:
    return end_posting(posting_id=item.pk, state=PostingState.CLOSED, actor=actor, reason=reason)


@admin.register(Posting)
class PostingAdmin(StaffAdmin):
    """What was submitted. What a partner is still writing is its own."""

    add_role = change_role = None
    is_work = True
    records_views = True
    list_display = ["title", "partner", "state", "reach", "category", "submitted_at", "listed_until"]
    list_filter = ["state", "reach", "category"]
    list_select_related = ["partner"]
    date_hierarchy = "submitted_at"
    folded_field = "folded"
    ordering = ["-submitted_at", "-id"]
    export_columns = ["title", "partner", "state", "reach", "category", "region", "submitted_at", "listed_at",
                      "listed_until"]  # fmt: skip
    fields = ["partner", "state", "reach", "named", "content", "contact_name", "contact_phone", "contact_email", "files",
              "submitted_at", "listed_at", "listed_until", "comment"]  # fmt: skip
    readonly_fields = ["named", "content", "files"]
    bulk_actions = [
        BulkAction(
            name="list",
            label=gettext_lazy("確認して公開する"),
            explanation=gettext_lazy("募集を公開し、団体と、指名された団体へメールでお知らせします。"),
            preview=listing_sentence,
            service=lambda item, actor, comment: list_posting(posting=item, actor=actor, comment=comment),
            form=CommentForm,
        ),
        BulkAction(
            name="return",
            label=gettext_lazy("差し戻す"),
            explanation=gettext_lazy("直していただきたい点をメールで送り、団体が直せるようにします。"),
            preview=lambda item, actor: sentence(item, PostingState.RETURNED, _("差戻しの理由を団体へ送ります。")),
            service=lambda item, actor, reason: return_posting(posting=item, actor=actor, reason=reason),
            form=CorrectionForm,
        ),
        BulkAction(
            name="end",
            label=gettext_lazy("募集を終える"),
            explanation=gettext_lazy("募集を終え、一覧から外します。理由は団体へのメールに載ります。"),
            preview=lambda item, actor: sentence(item, PostingState.CLOSED, _("終了を団体と応募者へ知らせます。")),
            service=end,
            form=ReasonForm,
        ),
    ]

    change_list_template = "admin/matching/posting/change_list.html"

    def get_urls(self) -> list[Any]:
        numbers = self.admin_site.admin_view(self.numbers_view)
        return [path("numbers/", numbers, name="matching_posting_numbers"), *super().get_urls()]

    def numbers_view(self, request: HttpRequest) -> HttpResponse:
        """From posting to logo, by year."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        years = by_year()
        context = {
            "title": _("年ごとの数"),
            "opts": self.opts,
            "years": years,
            "steps": years[0].steps if years else [],
        }
        return TemplateResponse(
            request, "admin/matching/posting/numbers.html", self.admin_site.each_context(request) | context
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        return super().get_queryset(request).exclude(submitted_at=None)

    @admin.display(description=gettext_lazy("指名した団体"))
    def named(self, posting: Posting) -> str:
        return _("、").join(str(one) for one in posting.designations.select_related("partner")) or "—"

    @admin.display(description=gettext_lazy("内容"))
    def content(self, posting: Posting) -> SafeString:
        shown = {"posting": posting, "facts": facts_of(posting), "sections": content_of(posting)}
        return render_to_string("matching/proposal.html", shown | {"roles": role_table(posting)})

    @admin.display(description=gettext_lazy("添付ファイル"))
    def files(self, posting: Posting) -> Any:
        kept = StoredFile.objects.of(posting, ATTACHMENTS)
        return format_html_join("、", '<a href="{}">{}</a>', ((file.get_absolute_url(), file) for file in kept)) or "—"


@admin.register(MatchingSettings)
class MatchingSettingsAdmin(StaffAdmin):
    """One row a programme."""

    add_role = change_role = StaffRole.APPROVER
    list_display = ["__str__", "checks_edits", "most_designees", "listed_days", "nudge_days"]
    fields = ["checks_edits", "most_designees", "listed_days", "notice_days", "nudge_days",
              "introduction_days", "introduction_notice_days"]  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not MatchingSettings.objects.exists()
