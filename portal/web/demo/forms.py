"""Sample forms with one field of each kind."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Fieldset, Layout
from django import forms
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.web.forms import Button
from portal.web.goals import SDG_GOALS


class SampleForm(forms.Form):
    name = forms.CharField(
        label=_("団体の名称"),
        max_length=80,
        help_text=_("登記上の名称を入力してください。例：株式会社あおばソーラー"),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=_("団体の区分"),
        widget=forms.RadioSelect,
        choices=[
            ("company", _("企業・個人事業主")),
            ("npo", _("NPO・市民団体")),
            ("school", _("教育・研究機関")),
            ("public", _("市町村・公共団体")),
        ],
    )
    number = forms.CharField(
        label=_("法人番号"),
        required=False,
        help_text=_("国税庁が指定した13桁の数字です。"),
        validators=[RegexValidator(r"^[0-9]{13}$", _("13桁の数字で入力してください。"))],
        widget=forms.TextInput({"inputmode": "numeric", "class": "w-m"}),
    )
    region = forms.ChoiceField(
        label=_("地域"),
        widget=forms.Select({"class": "w-m"}),
        choices=[
            ("", _("選んでください")),
            ("north", _("県北地域")),
            ("centre", _("県央地域")),
            ("south", _("県南地域")),
        ],
    )
    goals = forms.MultipleChoiceField(
        label=_("重点的に取り組む目標"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("1つから3つまで選べます。"),
        choices=[(number, format_lazy("{} {}", number, short)) for number, (short, _full) in SDG_GOALS.items()],
    )
    activity = forms.CharField(
        label=_("取組の内容"),
        widget=forms.Textarea({"rows": 5}),
        max_length=400,
        help_text=_("だれと、何に、どう取り組むかを400字以内で書いてください。"),
    )
    since = forms.DateField(
        label=_("取組を始めた日"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "w-s"}, format="%Y-%m-%d"),
    )
    person = forms.CharField(
        label=_("担当者の氏名"), max_length=40, widget=forms.TextInput({"autocomplete": "name", "class": "w-m"})
    )
    email = forms.EmailField(
        label=_("メールアドレス"),
        help_text=_("審査の結果をお知らせします。公開しません。"),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    agreed = forms.BooleanField(label=_("登録要綱に同意し、申請の内容に誤りがないことを確かめました"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(_("団体について"), "name", "kind", "number", "region"),
            Fieldset(_("取組について"), "goals", "activity", "since"),
            Fieldset(_("担当者について"), "person", "email"),
            "agreed",
            ButtonHolder(Button("_next", _("内容の確認へ進む"))),
        )

    def clean_goals(self) -> list[str]:
        goals: list[str] = self.cleaned_data["goals"]
        if len(goals) > 3:
            raise forms.ValidationError(_("3つまで選んでください。"))
        return goals


class EquipmentForm(forms.Form):
    equipment = forms.CharField(label=_("設備の名称"), max_length=60)
    units = forms.IntegerField(label=_("台数"), min_value=1, widget=forms.NumberInput({"class": "w-s"}))
    note = forms.CharField(label=_("備考"), required=False, max_length=100)


EquipmentFormSet = forms.formset_factory(EquipmentForm, extra=2)
