"""Local groups and what they bring to the plenary, as staff keep them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import GroupResult, GroupWish, LocalGroup
from meetings.models.groups import PAPERS, PHOTOS
from meetings.services.groups import set_result_files
from partners.vocabulary.municipalities import region_choices
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import JPEG, PNG, WEBP, Limits
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.tenancy.scope import current_programme
from portal.web.access import StaffRole
from portal.web.forms import page_form
from portal.web.staff.base import StaffAdmin
from portal.web.staff.forms import StaffForm


class GroupForm(StaffForm):
    region = forms.ChoiceField(
        label=gettext_lazy("地域"), required=False,
        help_text=gettext_lazy("この地域のパートナーは、はじめから入ります。空のときは、希望した団体だけが入ります。"),
    )  # fmt: skip

    class Meta:
        model = LocalGroup
        fields = ("name", "region", "summary", "text", "is_open", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("region"):
            choices = region_choices(current_programme().prefecture_code)
            field.choices = [("", "—"), *choices]  # type: ignore[attr-defined]


@admin.register(LocalGroup)
class LocalGroupAdmin(StaffAdmin):
    form = GroupForm
    fields = [*GroupForm.Meta.fields, "members"]
    readonly_fields = ["members"]
    list_display = ["name", "region", "is_open", "position"]
    list_filter = ["is_open", "region"]
    search_fields = ["name", "summary"]

    @admin.display(description=gettext_lazy("入っている団体"))
    def members(self, group: LocalGroup) -> str:
        if group.pk is None:
            return "—"
        names = list(group.partners.order_by("kana", "name", "id").values_list("name", flat=True))
        return _("%(count)d団体：%(names)s") % {"count": len(names), "names": "、".join(names)}


@admin.register(GroupWish)
class GroupWishAdmin(StaffAdmin):
    """Who joined from elsewhere, and who left: said by the partners themselves."""

    add_role = None
    change_role = None
    fields = ["group", "partner", "is_in", "made_by", "made_at"]
    list_display = ["partner", "group", "is_in", "made_at"]
    list_filter = ["is_in", "group"]
    list_select_related = ["group", "partner"]
    search_fields = ["partner__name", "group__name"]
    ordering = ["-made_at", "-id"]


class ResultFilesForm(TakesFiles, forms.Form):
    photos = UploadField(
        label=gettext_lazy("写真"), required=False, limits=Limits(kinds=(JPEG, PNG, WEBP), most=6, longest_side=1600)
    )
    papers = UploadField(label=gettext_lazy("資料"), required=False, limits=Limits(most=5))


@admin.register(GroupResult)
class GroupResultAdmin(StaffAdmin):
    change_form_template = "admin/meetings/groupresult/change_form.html"
    fields = ["group", "meeting", "title", "text", "photos_alt", "audience", "is_shown"]
    list_display = ["title", "group", "meeting", "audience", "is_shown"]
    list_filter = ["is_shown", "audience", "group"]
    list_select_related = ["group", "meeting"]
    search_fields = ["title", "text", "group__name"]
    delete_role = StaffRole.OFFICER

    def view_on_site(self, result: GroupResult) -> str | None:  # type: ignore[override]
        return result.get_absolute_url() if result.is_public else None

    def get_urls(self) -> list[Any]:
        own = path("<int:result_id>/files/", self.admin_site.admin_view(self.files), name="meetings_groupresult_files")
        return [own, *super().get_urls()]

    def files(self, request: HttpRequest, result_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        result = self.get_object(request, str(result_id))
        if result is None:
            raise Http404
        kept = {slot: list(StoredFile.objects.of(result, slot)) for slot in (PHOTOS, PAPERS)}
        form = page_form(ResultFilesForm, request, sender=Sender(request), initial=kept)  # type: ignore[arg-type]
        if form.is_valid():
            try:
                set_result_files(result=result, actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("写真と資料を保存しました。"))
                return redirect("admin:meetings_groupresult_change", result.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("写真と資料"), "opts": self.opts, "object": result, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "admin/row_files.html", context)
