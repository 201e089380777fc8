"""What a password must be, and the form in which it is compared.

Twelve characters of any kind, none of the common ones. A programme that imports members from a system with its own rule
may keep that rule for partners' people; never for staff.
"""

import string
import unicodedata
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.tenancy.models import PasswordRule
from portal.tenancy.scope import current_programme_or_none

# The list of the older rule. Its ¥ and \ are one: folded() makes them so.
SYMBOLS = "`~!@#$%^&*()_-+={}[]\\|:;\"'<>,.?/"


def folded(password: str) -> str:
    """The same keys give the same password: with full-width input on, and on machines where ¥ is a character of its own."""
    return unicodedata.normalize("NFKC", password).replace("¥", "\\")


def problems(password: str, rule: str) -> list[str]:
    """In the person's words; empty if the password will do. Which are common is asked elsewhere."""
    if rule == PasswordRule.MIXED:
        kinds = (string.ascii_letters, string.digits, SYMBOLS)
        found = []
        if len(password) < 8:
            found.append(_("8文字以上にしてください。"))
        if not all(set(kind) & set(password) for kind in kinds):
            found.append(_("英字・数字・記号を、それぞれ1文字以上入れてください。"))
        if unknown := sorted(set(password) - set("".join(kinds))):
            found.append(_("使えない文字があります：%s") % " ".join(unknown))
        return found
    return [] if len(password) >= 12 else [_("12文字以上にしてください。")]


def rule_for(user: Any) -> str:
    programme = current_programme_or_none()
    if programme is None or getattr(user, "was_appointed", False):
        return PasswordRule.LONG
    return programme.password_rule


class RuleValidator:
    """The rule as one of AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: Any = None) -> None:
        if found := problems(password, rule_for(user)):
            raise ValidationError(found)

    def get_help_text(self) -> str:
        return help_text(None)


def help_text(user: Any) -> str:
    if rule_for(user) == PasswordRule.MIXED:
        return _("8文字以上で、英字・数字・記号をそれぞれ1文字以上入れてください。使える記号：%s") % " ".join(SYMBOLS)
    return _("12文字以上。文字の種類は問いません。短い言葉をいくつか並べると、覚えやすく安全です。")


def new_password_key(user: User) -> tuple[str, str]:
    """Whose password, and the proof: it dies with the next sign-in and the next password, and after three days."""
    return urlsafe_base64_encode(str(user.pk).encode()), default_token_generator.make_token(user)


def user_of_key(whose: str, proof: str) -> User | None:
    try:
        user = User.objects.filter(pk=force_str(urlsafe_base64_decode(whose)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user and default_token_generator.check_token(user, proof) else None
