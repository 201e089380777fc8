"""What we answer when allauth asks. Everything that allauth would do by itself beyond signing in is shut here.

With none of allauth's pages routed most of this cannot be reached; it stays shut even if a page were.
"""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.accounts.rules import is_safe_path
from portal.accounts.sessions import open_session, place_of
from portal.accounts.visitors import network_address
from portal.tenancy.scope import current_programme_or_none


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["portal.accounts.stages.SecondFactorStage"]

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        open_session(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        UserSession.objects.filter(session_key=request.session.session_key).update(
            data={"programme": place_of(request)}
        )
        return response

    def is_safe_url(self, url: str | None) -> bool:
        return is_safe_path(url or "")

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_address(request)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        raise PermissionDenied

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """All mail goes through the outbox, from services that say so."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened, in our words."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds of second factors are kept encrypted: whoever reads a dump cannot make codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("コードが違うか、すでに使われたものです。次のコードでお試しください。"),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        programme = current_programme_or_none()
        return f"{programme.operator} {programme.name}" if programme else "Kakehashi"

    _get_site_name = get_totp_issuer


def _cipher() -> Fernet:
    key = hashlib.sha256(b"portal.accounts.second-factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
