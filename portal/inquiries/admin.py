"""Staff screens: the inquiries with their threads, answering, the kinds with their questions, and the templates."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files.senders import Sender
from portal.inquiries.entering import EntersInquiries
from portal.inquiries.forms import AnswerForm
from portal.inquiries.models import Inquiry, InquiryKind, KindAnswer, KindQuestion, ReplyTemplate
from portal.inquiries.queries import newest_in, speed_since, templates_for, thread_of
from portal.inquiries.services import NewerText, answer_inquiry, close_inquiry, mark_opened, why_not
from portal.inquiries.states import InquiryState
from portal.web.access import Actor, StaffRole
from portal.web.forms import page_form
from portal.web.staff.base import StaffAdmin, StaffInline
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm

MEASURED_DAYS = 90


class NewsFilter(admin.SimpleListFilter):
    title = gettext_lazy("新着")
    parameter_name = "news"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("1", _("新しい書き込みがある"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(has_news=True) if self.value() else queryset


class SideFilter(admin.SimpleListFilter):
    title = gettext_lazy("だれから")
    parameter_name = "side"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("partners", _("パートナー")), ("public", _("一般の方"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if not self.value() else queryset.filter(partner_id__isnull=self.value() == "public")


def closing_sentence(inquiry: Inquiry, actor: Actor) -> str:
    if reason := why_not(inquiry, InquiryState.CLOSED):
        raise LeftOut(reason)
    # A text that comes while the page is open changes the sentence, and the page is shown again.
    if getattr(inquiry, "has_news", False):
        return _("まだ読んでいない書き込みがあります。回答しないまま完了にします。相手には知らせません。")
    if inquiry.first_answered_at is None:
        return _("まだ回答していません。回答しないまま完了にします。相手には知らせません。")
    return _("完了にします。相手には知らせません。")


@admin.register(Inquiry)
class InquiryAdmin(EntersInquiries, StaffAdmin):
    change_role = None
    is_work = True
    records_views = True
    list_display = ["receipt", "has_news", "kind", "who", "state", "sent_at", "answer_by"]
    list_filter = ["state", NewsFilter, "kind", SideFilter, "entered_through"]
    list_select_related = ["kind"]
    date_hierarchy = "sent_at"
    search_fields = ["receipt", "name", "organisation", "email", "messages__text"]
    fields = ("thread",)
    readonly_fields = ("thread",)
    ordering = ["-id"]
    export_columns = [
        "receipt", "kind", "organisation", "name", "email", "phone", "state", "sent_at", "answer_by", "first_answered_at",
        "entered_through",
    ]  # fmt: skip
    change_form_template = "admin/inquiries/inquiry/change_form.html"
    change_list_template = "admin/inquiries/inquiry/change_list.html"
    bulk_actions = [
        BulkAction(
            name="close",
            label=gettext_lazy("完了にする"),
            explanation=gettext_lazy("電話で済んだものなど、これ以上することのないものを完了にします。"),
            preview=closing_sentence,
            service=lambda item, actor, reason: close_inquiry(inquiry=item, reason=reason, actor=actor),
            form=ReasonForm,
        ),
    ]

    def get_urls(self) -> list[Any]:
        answer = self.admin_site.admin_view(self.answer_view)
        return [path("<int:inquiry_id>/answer/", answer, name="inquiries_inquiry_answer"), *super().get_urls()]

    @admin.display(description=gettext_lazy("だれから"), ordering="organisation")
    def who(self, inquiry: Inquiry) -> str:
        return f"{inquiry.organisation} {inquiry.name}".strip()

    @admin.display(description=gettext_lazy("新着"), boolean=True)
    def has_news(self, inquiry: Any) -> bool:
        return bool(inquiry.has_news)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inquiry]:
        found: QuerySet[Inquiry] = Inquiry.objects.with_news_for_staff()
        return found.order_by(*self.ordering)

    @admin.display(description=gettext_lazy("内容"))
    def thread(self, inquiry: Inquiry) -> SafeString:
        partner = reverse("admin:partners_partner_change", args=[inquiry.partner_id]) if inquiry.partner_id else ""
        context = {"inquiry": inquiry, "thread": thread_of(inquiry), "partner": partner}
        return render_to_string("admin/inquiries/inquiry/thread.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"speed": speed_since(MEASURED_DAYS, timezone.now()), "measured_days": MEASURED_DAYS}
        return super().changelist_view(request, extra | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        inquiry: Inquiry = self.get_object(request, object_id)
        may_answer = self._may(request, StaffRole.OFFICER) and not inquiry.forgotten_at
        extra = {"may_answer": may_answer, "templates": templates_for(inquiry) if may_answer else []}
        if request.method == "GET" and not inquiry.forgotten_at:
            mark_opened(inquiry=inquiry, actor=request.actor, newest=newest_in(inquiry))  # type: ignore[attr-defined]
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def answer_view(self, request: HttpRequest, inquiry_id: int) -> HttpResponse:
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        inquiry: Inquiry = self.get_object(request, str(inquiry_id))
        if inquiry.forgotten_at:
            raise PermissionDenied
        chosen = templates_for(inquiry).filter(pk=_number(request.GET.get("template", ""))).first()
        initial = {"text": chosen.text if chosen else "", "seen": newest_in(inquiry), "form_key": uuid4()}
        form = page_form(AnswerForm, request, sender=Sender(request), initial=initial)  # type: ignore[arg-type]
        if form.is_valid() and self._answered(request, inquiry, form):
            return redirect("admin:inquiries_inquiry_change", inquiry.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("回答：%s") % inquiry,
            "opts": self.opts,
            "object": inquiry,
            "form": form,
            "thread": thread_of(inquiry),
            "templates": templates_for(inquiry),
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/answer.html", context)

    def _answered(self, request: HttpRequest, inquiry: Inquiry, form: AnswerForm) -> bool:
        typed, actor = form.cleaned_data, request.actor  # type: ignore[attr-defined]
        try:
            answer_inquiry(
                inquiry=inquiry, text=typed["text"], files=typed["attachment"], closes=typed["closes"],
                seen=typed["seen"], form_key=typed["form_key"], actor=actor,
            )  # fmt: skip
        except NewerText as refusal:
            form.add_error(None, refusal.messages)  # type: ignore[arg-type]
            form.has_seen(newest_in(inquiry))
            return False
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)  # type: ignore[arg-type]
            return False
        if inquiry.email:
            text = _("回答しました。%s へ、回答があることをメールでお知らせします。") % inquiry.email
        else:
            text = _("回答を記録しました。メールアドレスがないので、電話などでお伝えください。")
        self.message_user(request, text, messages.SUCCESS)
        return True


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class QuestionInline(StaffInline):
    model = KindQuestion
    show_change_link = False
    delete_role = StaffRole.OFFICER
    fields = ("label", "label_en", "choices", "is_required", "position")


class AnswerInline(StaffInline):
    model = KindAnswer
    show_change_link = False
    delete_role = StaffRole.OFFICER
    fields = ("question", "question_en", "answer", "answer_en", "position")


@admin.register(InquiryKind)
class InquiryKindAdmin(StaffAdmin):
    """Closed, never deleted: inquiries of that kind stay."""

    list_display = ["title", "audience", "answer_days", "takes_files", "position", "is_open"]
    list_filter = ["audience", "is_open"]
    search_fields = ["title", "guidance"]
    ordering = ["position", "id"]
    fields = (
        "title", "title_en", "guidance", "guidance_en", "audience", "takes_files", "answer_days", "position", "is_open",
    )  # fmt: skip
    inlines = [AnswerInline, QuestionInline]


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(StaffAdmin):
    delete_role = StaffRole.OFFICER
    list_display = ["title", "kind", "position"]
    list_filter = ["kind"]
    list_select_related = ["kind"]
    search_fields = ["title", "text"]
    ordering = ["position", "id"]
    fields = ("title", "kind", "text", "position")
