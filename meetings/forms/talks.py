"""The items of the 登壇概要シート as a form, with room for the sheet itself."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Talk, Theme
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import EXCEL, PDF, POWERPOINT, WORD, Limits
from portal.web.templatetags.portal_ui import as_written

ITEMS = [
    "theme", "title", "speaker", "speaker_title", "co_speakers", "summary", "purpose", "minutes", "wishes", "wants_room",
    "room_note", "equipment",
]  # fmt: skip


class ThemeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> Any:
        return as_written(obj.title)


class TalkForm(TakesFiles, forms.ModelForm):  # type: ignore[type-arg]
    theme = ThemeField(
        label=gettext_lazy("テーマ"), queryset=Theme.objects.none(), required=False, blank=True, widget=forms.RadioSelect,
        empty_label=gettext_lazy("どのテーマでもよい"),
    )  # fmt: skip
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    sheet = UploadField(
        label=gettext_lazy("記入した登壇概要シート"), required=False, limits=Limits(kinds=(EXCEL, WORD, PDF, POWERPOINT)),
        help_text=gettext_lazy("シートを付けるときは、概要の入力を省けます。"),
    )  # fmt: skip

    class Meta:
        model = Talk
        fields = ITEMS
        widgets = {"summary": forms.Textarea({"rows": 6}), "purpose": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.filter(is_open=True)  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "form_key",
            Fieldset(_("話の内容"), "theme", "title", "summary", "purpose", "minutes", "wishes", "equipment"),
            Fieldset(_("登壇する方"), "speaker", "speaker_title", "co_speakers"),
            Fieldset(_("ブレイクアウトルーム"), "wants_room", "room_note"),
            Fieldset(_("登壇概要シート"), "sheet"),
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not values.get("summary") and not values.get("sheet") and "sheet" not in self.errors:
            self.add_error("summary", _("話の概要を入力するか、記入した登壇概要シートを付けてください。"))
        return values

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ITEMS}


class SlidesForm(TakesFiles, forms.Form):
    slides = UploadField(label=gettext_lazy("当日の資料"), required=False, limits=Limits(most=5))
