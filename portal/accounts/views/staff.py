"""The door for staff: password, then second factor; or a passkey, which is both. It takes the place of Django's own."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.forms import TOO_OFTEN, AuthenticatorAppForm, PasskeyForm, PasswordSignInForm, SecondFactorForm
from portal.accounts.middleware import may_work_from
from portal.accounts.models import User
from portal.accounts.passwords import folded, problems
from portal.accounts.queries import works_here
from portal.accounts.services.passwords import TooOften, user_with_password
from portal.accounts.services.second_factors import add_passkey, add_totp, factors_of, recovery_codes_of
from portal.accounts.sessions import enter, next_of
from portal.accounts.stages import SecondFactorStage, current_stage
from portal.accounts.views.doors import door, unkept
from portal.tenancy.models import PasswordRule
from portal.web.access import staff
from portal.web.forms import page_form

# Keys of the session while a second factor is being set up.
SECRET, SHOW_CODES = "second-factor-secret", "show-recovery-codes"


@door
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if not may_work_from(request):
        return render(request, "accounts/staff/elsewhere.html", status=403)
    if request.method != "POST" and request.user.is_authenticated and works_here(request.user):
        return redirect(next_of(request) or "admin:index")
    form = page_form(PasswordSignInForm, request)
    if form.is_valid():
        try:
            user = user_with_password(request=request, **form.cleaned_data)
        except TooOften:
            form.add_error(None, TOO_OFTEN)
        else:
            if not (user and works_here(user)):
                form.add_error(None, _("メールアドレスかパスワードが違います。"))
            elif problems(folded(form.cleaned_data["password"]), PasswordRule.LONG):
                # Set where a programme has a rule of its own for partners' people.
                form.add_error(None, _("職員のパスワードは12文字以上です。新しいパスワードを設定してください。"))
            else:
                return enter(request, user, method="password", next_url=after_sign_in(request))
    return render(request, "accounts/staff/sign_in.html", {"form": form, "next": next_of(request)})


def after_sign_in(request: HttpRequest) -> str:
    return next_of(request) or reverse("admin:index")


@door
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    stage = current_stage(request)
    if stage is None or not may_work_from(request):
        return redirect("staff:sign_in")
    if not factors_of(stage.login.user).exists():
        return set_up(request, stage)
    user = stage.login.user
    by_passkey = request.method == "POST" and "credential" in request.POST
    form: Form = (AuthenticateWebAuthnForm if by_passkey else SecondFactorForm)(request.POST or None, user=user)
    if form.is_valid():
        form.save()  # type: ignore[attr-defined]
        return stage.exit()  # type: ignore[no-any-return]
    code_form = SecondFactorForm(user=user) if by_passkey else form
    return render(request, "accounts/staff/second_factor.html", {"form": code_form, "failed_passkey": by_passkey})


def set_up(request: HttpRequest, stage: SecondFactorStage) -> HttpResponse:
    """The first sign-in: nobody is in before there is a second factor."""
    user: User = stage.login.user
    secret = pending_secret(request)
    by_passkey = request.method == "POST" and "credential" in request.POST
    if by_passkey:
        form: Form = PasskeyForm(request.POST, user=user)
    else:
        form = AuthenticatorAppForm(request.POST or None, secret=secret)
    if form.is_valid():
        if by_passkey:
            factor = add_passkey(user=user, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"])
        else:
            factor = add_totp(user=user, secret=secret)
        request.session.pop(SECRET)
        post_authentication(request, factor)
        request.session[SHOW_CODES] = True
        stage.login.redirect_url = (
            f"{reverse('staff:recovery_codes')}?{urlencode({'next': stage.login.redirect_url or ''})}"
        )
        return stage.exit()  # type: ignore[no-any-return]
    return render(
        request,
        "accounts/staff/set_up.html",
        app_context(user, secret)
        | {
            "form": AuthenticatorAppForm(secret=secret) if by_passkey else form,
            "passkey_form": PasskeyForm(user=user),
            "failed_passkey": by_passkey,
        },
    )


@unkept
@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Shown once, right after they were made, until the person says that they are written down."""
    if request.method == "POST" or not request.session.get(SHOW_CODES):
        request.session.pop(SHOW_CODES, None)
        return redirect(after_sign_in(request))
    codes = recovery_codes_of(request.user)  # type: ignore[arg-type]
    return render(request, "accounts/staff/recovery_codes.html", {"codes": codes, "next": next_of(request)})


def pending_secret(request: HttpRequest) -> str:
    """Kept over the reloads of the page, so that a picture that was photographed stays right."""
    if SECRET not in request.session:
        request.session[SECRET] = encrypt(generate_totp_secret())
    secret: str = decrypt(request.session[SECRET])
    return secret


def app_context(user: User, secret: str) -> dict[str, str]:
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    # Drawn by us from a random secret and names of ours.
    return {"secret": spaced, "picture": mark_safe(picture[picture.index("<svg") :])}  # noqa: S308
