"""A new edition of a logo."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.drawing import clean_svg
from matching.vocabulary import Logo
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import PDF, PNG, Limits
from portal.web.pdf import drawable


class EditionForm(TakesFiles, forms.Form):
    """The drawing comes back to be chosen again after an error: it is kept as text, and only when it is clean."""

    logo = forms.ChoiceField(label=gettext_lazy("ロゴ"), choices=Logo.choices, widget=forms.RadioSelect)
    svg = forms.FileField(
        label=gettext_lazy("SVG"), widget=forms.ClearableFileInput(attrs={"accept": ".svg,image/svg+xml"}),
        help_text=gettext_lazy("500KBまで。文字は図形に変え、画像やスクリプトを含めずに書き出してください。"),
    )  # fmt: skip
    png = UploadField(
        label=gettext_lazy("PNG"), required=False, limits=Limits(kinds=(PNG,), most=1),
        help_text=gettext_lazy("なくてもかまいません。そのときはSVGからつくります。"),
    )  # fmt: skip
    pdf = UploadField(
        label=gettext_lazy("使い方の手引き（PDF）"), required=False, limits=Limits(kinds=(PDF,), most=1),
        help_text=gettext_lazy("なくてもかまいません。そのときは使い方の決まりからつくります。"),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("この版について"), required=False, max_length=200)

    def clean_svg(self) -> str:
        clean = clean_svg(self.cleaned_data["svg"].read())
        if not drawable(clean):
            raise ValidationError(_("SVGを描けませんでした。別の形で書き出してお試しください。"))
        return clean

    @property
    def kept_files(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("png", "pdf")}
