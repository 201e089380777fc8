"""What people type at the doors and about their access. Full-width letters, spaces and hyphens are understood."""

import re
import unicodedata
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts import limits
from portal.accounts.passwords import folded, help_text
from portal.outbox.addresses import Undeliverable, split_address

TOO_OFTEN = _("短い時間に何度も入力されました。5分ほど待ってから、もう一度お試しください。")
BETWEEN_DIGITS = re.compile(r"[\s\-‐‑–—−ー・.]")


def plain_digits(text: str) -> str:
    return BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))


class AddressField(forms.CharField):
    """A mail address in the form in which we store it."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("メールアドレス"))
        super().__init__(max_length=254, **options)

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().to_python(value) or "").strip().lower()

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            # Not required.
            return
        try:
            _local, domain = split_address(value)
        except Undeliverable as problem:
            raise ValidationError(str(problem)) from problem
        if "." not in domain:
            raise ValidationError(_("メールアドレスの「@」より後ろが正しくありません。"))


class DigitsField(forms.CharField):
    """A number of exactly so many digits, however it is typed."""

    def __init__(self, digits: int, **options: Any) -> None:
        self.digits = digits
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-s"}

    def to_python(self, value: Any) -> str:
        return plain_digits(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if not (value.isascii() and value.isdigit() and len(value) == self.digits):
            raise ValidationError(_("%(digits)s桁の数字を入力してください。"), params={"digits": self.digits})


class SignInForm(forms.Form):
    address = AddressField(
        help_text=_(
            "登録したメールアドレスです。分からないときは、事務局からのメールが届いているアドレスをお試しください。"
        ),
        error_messages={"required": _("メールアドレスを入力してください。")},
    )


class CodeForm(forms.Form):
    code = DigitsField(
        6,
        label=_("メールに書かれた番号"),
        help_text=_("6桁の数字です。全角でもかまいません。"),
        error_messages={"required": _("メールに書かれた6桁の番号を入力してください。")},
    )


class PasswordField(forms.CharField):
    def __init__(self, autocomplete: str = "current-password", **options: Any) -> None:
        options.setdefault("label", _("パスワード"))
        # Long enough for any sentence, short enough to be hashed at no cost.
        super().__init__(strip=False, max_length=200, **options)
        self.widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})


class PasswordSignInForm(forms.Form):
    address = AddressField()
    password = PasswordField()


class ForgottenPasswordForm(forms.Form):
    address = AddressField()
    address_again = AddressField(label=_("メールアドレス（確認）"))

    def clean_address_again(self) -> str:
        again: str = self.cleaned_data["address_again"]
        if again != self.cleaned_data.get("address", again):
            raise ValidationError(_("上のメールアドレスと違います。"))
        return again


class PersonsForm(forms.Form):
    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user


class NewPasswordForm(PersonsForm):
    """For somebody who has proved who they are in another way."""

    password = PasswordField("new-password", label=_("新しいパスワード"))
    password_again = PasswordField("new-password", label=_("新しいパスワード（確認）"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = help_text(self.user)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(folded(password), self.user)
        return password

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if again != self.cleaned_data.get("password", again):
            raise ValidationError(_("上の新しいパスワードと違います。"))
        return again


class OwnPasswordForm(PersonsForm):
    """Asks for the present password before something about access is changed. Who has none is not asked."""

    present = PasswordField(label=_("今のパスワード"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.user.has_usable_password():
            del self.fields["present"]

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not limits.allow(limits.SECOND_FACTORS, f"password {self.user.pk}"):
            raise ValidationError(TOO_OFTEN)
        if not self.user.check_password(folded(present)):
            raise ValidationError(_("今のパスワードが違います。"))
        return present


class ChangePasswordForm(NewPasswordForm, OwnPasswordForm):
    field_order = ("present", "password", "password_again")


class SecondFactorForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("確認コード"),
        help_text=_(
            "認証アプリの6桁の数字です。アプリが使えないときは、控えておいた8桁の回復コードを入力してください。"
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-s"}),
    )

    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_digits(self.cleaned_data["code"])
        if not limits.allow(limits.SECOND_FACTORS, self.user.pk):
            raise ValidationError(TOO_OFTEN)
        code: str = super().clean_code()
        if not limits.allow(limits.SAME_SECOND_FACTOR, f"{self.user.pk} {code}"):
            raise ValidationError(_("このコードはもう使われました。次のコードが出てから入力してください。"))
        return code


class AuthenticatorAppForm(forms.Form):
    """The first code of an app that was just set up."""

    code = DigitsField(6, label=_("アプリに表示された6桁の数字"))

    def __init__(self, *args: Any, secret: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.secret = secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            raise ValidationError(_("数字が違います。アプリに今表示されている数字を入力してください。"))
        return code


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(
        label=_("この機器の呼び名"), required=False, max_length=60, help_text=_("例：事務所のパソコン")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, initial={"name": ""}, **options)

    def clean_name(self) -> str:
        return self.cleaned_data["name"] or str(_("パスキー"))


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Signed by a device; whose it is stands in the answer."""


class NewAddressForm(PersonsForm):
    address = AddressField(label=_("新しいメールアドレス"))
    address_again = AddressField(label=_("新しいメールアドレス（確認）"))

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address == self.user.email:
            raise ValidationError(_("今のメールアドレスと同じです。"))
        return address

    def clean_address_again(self) -> str:
        again: str = self.cleaned_data["address_again"]
        if again != self.cleaned_data.get("address", again):
            raise ValidationError(_("上のメールアドレスと違います。"))
        return again
