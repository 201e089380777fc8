"""Staff screens for partners' people: who they are, help on the phone, and access that was lost."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Member
from partners.services.people import AlreadyThere, IsStaff, restore_access
from partners.services.successors import ask_if_in_charge, quiet_from, why_not_ask
from portal.accounts.forms import AddressField, DigitsField
from portal.accounts.services.sign_in import confirm_by_phone
from portal.outbox.queries import arrival_at
from portal.web.access import Actor, StaffRole
from portal.web.dates import long_moment
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut


class PhoneForm(forms.Form):
    number = DigitsField(4, label=gettext_lazy("電話の方の画面に出ている4桁の番号"))
    reason = forms.CharField(
        label=gettext_lazy("ご本人と確かめた方法"),
        max_length=200,
        help_text=gettext_lazy("例：登録の電話番号へかけ直し、所在地と前回の活動報告の題名をうかがった。"),
    )


class RestoreForm(forms.Form):
    address = AddressField(label=gettext_lazy("新しいメールアドレス"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, help_text=gettext_lazy("例：担当者の退職。代表者へ電話で確認した。")
    )


class QuietFilter(admin.SimpleListFilter):
    title = gettext_lazy("ログイン")
    parameter_name = "quiet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("昨年度のはじめから一度もない"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.quiet_since(quiet_from(timezone.now())) if self.value() else queryset


def asking_sentence(member: Member, actor: Actor) -> str:
    if reason := why_not_ask(member, timezone.now()):
        raise LeftOut(reason)
    return _("%s へ、担当を続けているかを尋ねるメールを送ります。") % member.user.email


@admin.register(Member)
class MemberAdmin(StaffAdmin):
    """Changed by the partner's owners, and here only by the two helps below; each is on record and told by mail."""

    add_role = change_role = None
    records_views = True
    list_display = ["name", "partner", "address", "role", "state", "in_state_since"]
    list_filter = ["state", "role", QuietFilter]
    list_select_related = ["partner", "user"]
    search_fields = ["name", "partner__name", "user__email"]
    fields = ("name", "partner", "address", "role", "state", "in_state_since")
    readonly_fields = ["name", "partner", "address", "role", "state", "in_state_since"]
    change_form_template = "admin/partners/member/change_form.html"
    bulk_actions = [
        BulkAction(
            name="ask",
            label=gettext_lazy("担当を続けているかを尋ねる"),
            explanation=gettext_lazy(
                "昨年度のはじめから一度もログインしていない方に、続けて担当しているか、後任の方はどなたかを尋ねます。年度に一度だけ送れます。"
            ),
            preview=asking_sentence,
            service=lambda item, actor: ask_if_in_charge(member=item, actor=actor),
        ),
    ]

    @admin.display(description=gettext_lazy("メールアドレス"))
    def address(self, member: Member) -> str:
        return member.user.email

    @admin.display(description=gettext_lazy("この状態になった日時"), ordering="since")
    def in_state_since(self, member: Member) -> str:
        return long_moment(timezone.localtime(member.since))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        member: Member = self.get_object(request, object_id)
        extra = {"arrival": arrival_at([member.user.email]), "is_approver": self._may(request, StaffRole.APPROVER)}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        helps = [
            path("<int:member_id>/phone/", self.admin_site.admin_view(self.phone), name="partners_member_phone"),
            path(
                "<int:member_id>/restore/",
                self.admin_site.admin_view(self.restore_login),
                name="partners_member_restore",
            ),
        ]
        return helps + super().get_urls()

    def phone(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """The caller reads the number of the waiting page; only that page will sign in."""
        member, form = self._asked(request, member_id), PhoneForm(request.POST or None)
        if form.is_valid():
            if confirm_by_phone(user=member.user, officer=request.actor.user, **form.cleaned_data):  # type: ignore[attr-defined]
                messages.success(request, _("確認しました。相手の方に、画面のボタンを押すようお伝えください。"))
                return redirect("admin:partners_member_change", member.pk)
            form.add_error(
                "number", _("この番号の画面は見つかりません。15分が過ぎていないか、番号をもう一度お確かめください。")
            )
        return self._page(request, member, form, _("電話でログインを助ける"), _("この番号の画面を確認した"))

    def restore_login(self, request: HttpRequest, member_id: int) -> HttpResponse:
        member, form = self._asked(request, member_id), RestoreForm(request.POST or None)
        if form.is_valid():
            try:
                restore_access(member=member, actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
            except AlreadyThere:
                form.add_error("address", _("この方は、すでにこの団体の担当者です。"))
            except IsStaff:
                form.add_error(
                    "address", _("職員のアドレスは、団体の担当者にできません。別のアドレスを入力してください。")
                )
            else:
                messages.success(request, _("新しいアドレスへ案内を送りました。前のアドレスにもお知らせしました。"))
                return redirect("admin:partners_member_change", member.pk)
        return self._page(request, member, form, _("ログインを回復する"), _("このアドレスに変える"))

    def _asked(self, request: HttpRequest, member_id: int) -> Member:
        if not self._may(request, StaffRole.OFFICER):
            raise PermissionDenied
        member: Member = self.get_object(request, str(member_id))
        return member

    def _page(self, request: HttpRequest, member: Member, form: forms.Form, title: str, button: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "object": member,
            "form": form,
            "button": button,
        }
        return TemplateResponse(request, "admin/partners/member/help.html", context)
