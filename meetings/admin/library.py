"""The videos, as staff put them up, with their captions."""

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

from meetings.models import Video
from meetings.models.library import CAPTIONS
from meetings.services.library import set_captions
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import MB, VTT, Limits
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import StaffRole
from portal.web.forms import page_form
from portal.web.staff.base import StaffAdmin
from portal.web.staff.forms import StaffForm


class VideoForm(StaffForm):
    url = forms.URLField(label=gettext_lazy("動画のアドレス"), max_length=500, assume_scheme="https")

    class Meta:
        model = Video
        fields = (
            "title", "url", "recorded_on", "minutes", "theme", "meeting", "audience", "has_captions", "summary", "transcript",
            "is_shown",
        )  # fmt: skip
        widgets = {
            "transcript": forms.Textarea({"rows": 16}),
            "recorded_on": forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        }


class CaptionsForm(TakesFiles, forms.Form):
    captions = UploadField(
        label=gettext_lazy("字幕のファイル"), required=False, limits=Limits(kinds=(VTT,), largest=2 * MB),
        help_text=gettext_lazy(
            "動画のページから、動画を見られる方がダウンロードできます。置くと「字幕あり」になります。外したときは、「字幕あり」も見直してください。"
        ),
    )  # fmt: skip


@admin.register(Video)
class VideoAdmin(StaffAdmin):
    form = VideoForm
    change_form_template = "admin/meetings/video/change_form.html"
    fields = VideoForm.Meta.fields
    list_display = ["title", "recorded_on", "theme", "audience", "has_captions", "is_shown"]
    list_filter = ["audience", "theme", "is_shown", "has_captions"]
    list_select_related = ["theme"]
    search_fields = ["title", "summary", "transcript"]
    delete_role = StaffRole.OFFICER

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:video_id>/captions/", self.admin_site.admin_view(self.captions), name="meetings_video_captions"
        )
        return [own, *super().get_urls()]

    def captions(self, request: HttpRequest, video_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        video = self.get_object(request, str(video_id))
        if video is None:
            raise Http404
        kept = {CAPTIONS: list(StoredFile.objects.of(video, CAPTIONS))}
        form = page_form(CaptionsForm, request, sender=Sender(request), initial=kept)  # type: ignore[arg-type]
        if form.is_valid():
            try:
                set_captions(video=video, files=form.cleaned_data[CAPTIONS], actor=request.actor)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                form.add_error(CAPTIONS, refusal)
            else:
                messages.success(request, _("字幕のファイルを保存しました。"))
                return redirect("admin:meetings_video_change", video.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("字幕のファイル"), "opts": self.opts, "object": video, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "admin/row_files.html", context)
