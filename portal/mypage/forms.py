from django import forms
from django.utils.translation import gettext_lazy as _


class ConsentForm(forms.Form):
    """Both are free to choose, and nothing is ticked beforehand."""

    shows_contact = forms.BooleanField(
        label=_("担当者の氏名とメールアドレスを、連携募集などの相手となるパートナーに表示してよい"), required=False
    )
    publishes_reports = forms.BooleanField(
        label=_("提出した活動報告を、確認のあとにこのサイトで公開してよい"), required=False
    )
