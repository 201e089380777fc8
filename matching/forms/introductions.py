"""What the office writes when it brings two partners together, and what each of them answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CONTACTS = ("contact_name", "contact_phone", "contact_email")


class ProposalForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("双方に伝える紹介の理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("このまま双方の団体に伝わります。連絡先や、公開していないことは書かないでください。"),
    )  # fmt: skip


class ConsentForm(forms.Form):
    agrees = forms.ChoiceField(
        label=gettext_lazy("回答"), widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("紹介を受ける")), ("no", gettext_lazy("今回は見送る"))],
    )  # fmt: skip
    contact_name = forms.CharField(
        label=gettext_lazy("担当者の氏名"), required=False, max_length=80,
        help_text=gettext_lazy("紹介を受けるときに書いてください。双方が同意するまで、相手には見えません。"),
    )  # fmt: skip
    contact_phone = forms.CharField(label=gettext_lazy("電話"), required=False, max_length=30)
    contact_email = forms.EmailField(label=gettext_lazy("担当者のメールアドレス"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("見送る理由"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("見送るときに書いてください。事務局だけが読み、相手には伝わりません。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("agrees") == "no" and not typed.get("reason", "").strip():
            self.add_error("reason", _("見送るときは、理由を入力してください。"))
        if typed.get("agrees") == "yes":
            for name in ("contact_name", "contact_email"):
                if name not in self.errors and not typed.get(name):
                    self.add_error(name, _("紹介を受けるときは、入力してください。"))
        return typed

    @property
    def values(self) -> dict[str, Any]:
        """A no leaves no contact behind, a yes no reason."""
        typed, agrees = self.cleaned_data, self.cleaned_data["agrees"] == "yes"
        contacts = {name: typed[name] if agrees else "" for name in CONTACTS}
        return {"agrees": agrees, "reason": "" if agrees else typed["reason"].strip(), **contacts}
