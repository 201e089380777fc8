from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms import AddressField
from portal.tenancy.models import Language
from portal.tenancy.scope import current_programme
from portal.web.access import MemberRole
from portal.web.templatetags.portal_ui import as_written

ROLES = [
    (MemberRole.OWNER.value, _("代表：すべての操作と、担当者の管理")),
    (MemberRole.EDITOR.value, _("担当：申込み、投稿、報告などの操作")),
    (MemberRole.VIEWER.value, _("閲覧：見ることだけ")),
]


class ConsentForm(forms.Form):
    """Both are free to choose, and nothing is ticked beforehand."""

    shows_contact = forms.BooleanField(
        label=_("担当者の氏名とメールアドレスを、連携募集などの相手となるパートナーに表示してよい"), required=False
    )
    publishes_reports = forms.BooleanField(
        label=_("活動報告を、提出するとすぐにこのサイトで公開してよい"), required=False
    )


class MailLanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("メールの言語"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("事務局が書いたお知らせの本文は、書かれた言語のまま届きます。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(code, as_written(name)) for code, name in Language.choices if code in current_programme().languages]
        self.fields["language"].choices = [("", _("ログインしたときの言語に合わせる")), *offered]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("役割"), choices=ROLES, widget=forms.RadioSelect)


class InvitationForm(forms.Form):
    name = forms.CharField(label=_("氏名"), max_length=80)
    address = AddressField(
        help_text=_("招待のメールを送り、ログインに使うアドレスです。一人ずつ別のアドレスにしてください。")
    )
    role = forms.ChoiceField(label=_("役割"), choices=ROLES, widget=forms.RadioSelect, initial=MemberRole.EDITOR.value)
    note = forms.CharField(
        label=_("招待に添える言葉"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class SuccessorForm(forms.Form):
    name = forms.CharField(label=_("後任の方の氏名"), max_length=80)
    address = AddressField(label=_("後任の方のメールアドレス"), help_text=_("ここへ招待のメールを送ります。"))
