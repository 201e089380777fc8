"""What staff manage of their own access: password, second factors, recovery codes."""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.forms import AuthenticatorAppForm, ChangePasswordForm, OwnPasswordForm, PasskeyForm
from portal.accounts.services import passwords, second_factors
from portal.accounts.views.doors import unkept
from portal.accounts.views.staff import SECRET, SHOW_CODES, app_context, pending_secret
from portal.web.access import staff
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@unkept
@staff()
@require_safe
def overview(request: PortalRequest) -> HttpResponse:
    factors = second_factors.factors_of(request.actor.user)
    codes = len(second_factors.recovery_codes_of(request.actor.user))
    context = {"factors": factors, "codes": codes, "has_app": factors.filter(type=Authenticator.Type.TOTP).exists()}
    return render(request, "accounts/staff/security.html", context)


@unkept
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PortalRequest) -> HttpResponse:
    form = page_form(ChangePasswordForm, request, user=request.actor.user)
    if form.is_valid():
        passwords.set_password(user=request.actor.user, password=form.cleaned_data["password"])
        update_session_auth_hash(request, request.actor.user)
        messages.success(request, _("パスワードを変えました。確認のメールをお送りします。"))
        return redirect("staff:security")
    return render(request, "accounts/staff/password.html", {"form": form})


@unkept
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: PortalRequest) -> HttpResponse:
    if second_factors.factors_of(request.actor.user).filter(type=Authenticator.Type.TOTP).exists():
        return redirect("staff:security")
    secret = pending_secret(request)
    own = OwnPasswordForm(request.POST or None, user=request.actor.user)
    form = AuthenticatorAppForm(request.POST or None, secret=secret)
    if own.is_valid() and form.is_valid():
        second_factors.add_totp(user=request.actor.user, secret=secret)
        request.session.pop(SECRET)
        messages.success(request, _("認証アプリを追加しました。"))
        return redirect("staff:security")
    return render(
        request, "accounts/staff/add_app.html", {"form": form, "own": own} | app_context(request.actor.user, secret)
    )


@unkept
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: PortalRequest) -> HttpResponse:
    own = OwnPasswordForm(request.POST or None, user=request.actor.user)
    form = PasskeyForm(request.POST or None, user=request.actor.user)
    if own.is_valid() and form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        second_factors.add_passkey(user=request.actor.user, name=name, credential=credential)
        messages.success(request, _("パスキーを追加しました。"))
        return redirect("staff:security")
    return render(request, "accounts/staff/add_passkey.html", {"form": form, "own": own})


@unkept
@staff()
@require_POST
def challenge(request: PortalRequest) -> HttpResponse:
    return JsonResponse(begin_registration(request.actor.user, True))


@unkept
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, factor_id: int) -> HttpResponse:
    factor = get_object_or_404(second_factors.factors_of(request.actor.user), pk=factor_id)
    own = page_form(OwnPasswordForm, request, user=request.actor.user)
    if own.is_valid():
        try:
            second_factors.remove(user=request.actor.user, authenticator=factor)
        except second_factors.LastSecondFactor:
            own.add_error(None, _("最後の1つは削除できません。先に別の方法を追加してください。"))
        else:
            messages.success(request, _("削除しました。"))
            return redirect("staff:security")
    return render(request, "accounts/staff/remove_factor.html", {"form": own, "factor": factor})


@unkept
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def new_codes(request: PortalRequest) -> HttpResponse:
    """The old ones end; the new ones are shown once."""
    own = page_form(OwnPasswordForm, request, user=request.actor.user)
    if own.is_valid():
        second_factors.renew_recovery_codes(user=request.actor.user)
        request.session[SHOW_CODES] = True
        return redirect("staff:recovery_codes")
    return render(request, "accounts/staff/new_codes.html", {"form": own})
