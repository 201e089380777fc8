"""What somebody in the room sends from a telephone: short, and the name only if they like."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy

from meetings.models import Idea


class IdeaForm(forms.Form):
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(
        label=gettext_lazy("種類"), choices=Idea.Kind.choices, widget=forms.RadioSelect, initial=Idea.Kind.QUESTION
    )
    text = forms.CharField(label=gettext_lazy("内容"), max_length=200, widget=forms.Textarea({"rows": 3}))
    name = forms.CharField(
        label=gettext_lazy("お名前"), max_length=40, required=False,
        help_text=gettext_lazy("書かなくてもかまいません。書くと、会場の画面にも出ます。"),
    )  # fmt: skip


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("会場の画面の番号"), max_length=20,
        widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off", "class": "w-s"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().lower().replace("-", "").replace(" ", "")
