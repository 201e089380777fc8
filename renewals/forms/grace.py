"""What a partner says when it asks for more time."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.profile import TypedDayField


class GraceForm(forms.Form):
    until = TypedDayField(label=_("いつまで待ってほしいか"))
    text = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea({"rows": 4}))
