"""Passkeys: the browser asks for a challenge, the device signs it, the page sends it (static/passkey.js).

A passkey is had and unlocked by the person, so it counts as both factors of staff. For partners' people it is a quicker
way in, beside the mail.
"""

from allauth.mfa.webauthn.internal.auth import begin_authentication, begin_registration
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from portal.accounts import limits
from portal.accounts.forms import PasskeySignInForm
from portal.accounts.middleware import may_work_from
from portal.accounts.models import User
from portal.accounts.queries import eligible_user, works_here
from portal.accounts.services.second_factors import factors_of
from portal.accounts.sessions import enter, next_of
from portal.accounts.stages import current_stage
from portal.accounts.views.doors import door
from portal.accounts.visitors import limit_key


@door
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """For signing in: any passkey of this host. For the second step of staff: one of theirs, or a new one."""
    stage = current_stage(request)
    if stage is None:
        return JsonResponse(begin_authentication())
    user = stage.login.user
    return JsonResponse(begin_authentication(user) if factors_of(user).exists() else begin_registration(user, True))


@door
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    user = _user_of_passkey(request)
    if user is None or eligible_user(user.email) != user:
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'passkey': 'failed', 'next': next_of(request)})}")
    arrival = f"{reverse('mypage:arrive')}?{urlencode({'next': next_of(request)})}"
    return enter(request, user, method="passkey", next_url=arrival)


@door
@require_POST
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    if not may_work_from(request):
        raise PermissionDenied
    user = _user_of_passkey(request)
    if user is None or not works_here(user):
        return redirect(f"{reverse('staff:sign_in')}?{urlencode({'passkey': 'failed', 'next': next_of(request)})}")
    return enter(request, user, method="mfa", next_url=next_of(request) or reverse("admin:index"), type="webauthn")


def _user_of_passkey(request: HttpRequest) -> User | None:
    form = PasskeySignInForm(request.POST)
    if not limits.allow(limits.PASSWORDS_BY_VISITOR, limit_key(request)) or not form.is_valid():
        return None
    passkey = form.cleaned_data["credential"]
    passkey.record_usage()
    user: User = passkey.user
    return user if user.is_active else None
