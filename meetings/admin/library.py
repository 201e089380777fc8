"""The videos, as staff put them up."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from meetings.models import Video
from portal.web.access import StaffRole
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


@admin.register(Video)
class VideoAdmin(StaffAdmin):
    form = VideoForm
    fields = VideoForm.Meta.fields
    list_display = ["title", "recorded_on", "theme", "audience", "has_captions", "is_shown"]
    list_filter = ["audience", "theme", "is_shown", "has_captions"]
    list_select_related = ["theme"]
    search_fields = ["title", "summary", "transcript"]
    delete_role = StaffRole.OFFICER
