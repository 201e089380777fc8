"""The matchmaker's board: who might suit whom, proposing an introduction, and what came of each."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from matching.forms.introductions import ProposalForm
from matching.models import Introduction, Posting
from matching.queries.introductions import board, partners_fitting, postings_fitting, why_not_introduce
from matching.services.introductions import propose_introduction, why_not_move, withdraw_introduction
from matching.states import IntroductionState
from partners.models import Partner
from partners.queries.finding import find_partners
from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm

MOST_FOUND = 20


def withdrawal(introduction: Introduction, actor: Actor) -> str:
    if reason := why_not_move(introduction, IntroductionState.WITHDRAWN):
        raise LeftOut(reason)
    return _("紹介を取り下げ、双方の団体へ知らせます。")


@admin.register(Introduction)
class IntroductionAdmin(StaffAdmin):
    add_role = change_role = None
    records_views = True
    list_display = ["__str__", "posting", "state", "proposed_at", "answer_until", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["first", "second", "posting"]
    date_hierarchy = "proposed_at"
    search_fields = ["first__name", "second__name", "posting__title"]
    fields = ["first", "second", "posting", "state", "note", "answers", "proposed_by", "proposed_at", "answer_until",
              "nudged_at", "ended_at", "reason"]  # fmt: skip
    readonly_fields = ["answers"]
    export_columns = ["first", "second", "posting", "state", "proposed_at", "answer_until", "ended_at"]
    change_list_template = "admin/matching/introduction/change_list.html"
    bulk_actions = [
        BulkAction(
            name="withdraw",
            label=gettext_lazy("紹介を取り下げる"),
            explanation=gettext_lazy("回答がそろう前の紹介を終えます。理由は双方の団体へのメールに載ります。"),
            preview=withdrawal,
            service=lambda item, actor, reason: withdraw_introduction(introduction=item, actor=actor, reason=reason),
            form=ReasonForm,
        )
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("board/", view(require_safe(self.board_view)), name="matching_introduction_board"),
            path(
                "propose/",
                view(require_http_methods(["GET", "HEAD", "POST"])(self.propose_view)),
                name="matching_introduction_propose",
            ),
            *super().get_urls(),
        ]

    def board_view(self, request: HttpRequest) -> HttpResponse:
        """By posting; or, for one partner that was looked up, by what might suit it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.get("q", "").strip()[:100]
        context: dict[str, Any] = {"title": _("紹介の候補"), "opts": self.opts, "query": query}
        if partner := _one(Partner.objects.listed(), request.GET.get("partner", "")):
            context |= {
                "partner": partner,
                "postings": postings_fitting(partner),
                "partners": partners_fitting(partner),
            }
        elif query:
            context["found"] = list(find_partners(query).order_by("kana", "number")[:MOST_FOUND])
        else:
            context["page"], context["fits"] = board(request.GET.get("page"))
        context["may_propose"] = self.admin_site.may(request, StaffRole.OFFICER)  # type: ignore[attr-defined]
        return TemplateResponse(
            request, "admin/matching/introduction/board.html", self.admin_site.each_context(request) | context
        )

    def propose_view(self, request: HttpRequest) -> HttpResponse:
        if not self.admin_site.may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        posting = _one(Posting.objects.open().select_related("partner"), request.GET.get("posting", ""))
        one = posting.partner if posting else _one(Partner.objects.listed(), request.GET.get("one", ""))
        other = _one(Partner.objects.listed(), request.GET.get("other", ""))
        if one is None or other is None:
            raise Http404
        form = ProposalForm(request.POST or None)
        if form.is_valid():
            try:
                made = propose_introduction(
                    one=one, other=other, posting=posting, note=form.cleaned_data["note"],
                    actor=request.actor,  # type: ignore[attr-defined]
                )  # fmt: skip
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                self.message_user(request, _("双方の団体へ紹介を送りました。"))
                return HttpResponseRedirect(reverse("admin:matching_introduction_change", args=[made.pk]))
        context = {
            "title": _("団体どうしを紹介する"),
            "opts": self.opts,
            "form": form,
            "one": one,
            "other": other,
            "posting": posting,
            "refusal": why_not_introduce(one, other, posting),
        }
        return TemplateResponse(
            request, "admin/matching/introduction/propose.html", self.admin_site.each_context(request) | context
        )

    @admin.display(description=gettext_lazy("双方の回答"))
    def answers(self, introduction: Introduction) -> SafeString:
        said = {one.partner_id: one for one in introduction.consents.all()}
        sides = [(partner, said.get(partner.pk)) for partner in (introduction.first, introduction.second)]
        return render_to_string("matching/answers.html", {"sides": sides, "introduction": introduction})


def _one(rows: Any, key: str) -> Any:
    """The row that an address names; None for what names none."""
    if not key:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) < 12):
        raise Http404
    return get_object_or_404(rows, pk=int(key))
