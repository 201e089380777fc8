"""The door with a password, where a programme has it; and a new password by mail, for staff as well."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts import limits
from portal.accounts.forms import TOO_OFTEN, ForgottenPasswordForm, NewPasswordForm, PasswordSignInForm
from portal.accounts.passwords import user_of_key
from portal.accounts.queries import eligible_user, works_here
from portal.accounts.services.passwords import (
    TooOften,
    ask_for_new_password,
    set_password,
    user_with_password,
)
from portal.accounts.sessions import enter, next_of
from portal.accounts.views.doors import View, door
from portal.accounts.visitors import limit_key
from portal.tenancy.models import Feature
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


def where_offered(view: View) -> View:
    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.programme.has(Feature.PASSWORD_SIGN_IN):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@door
@where_offered
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: PortalRequest) -> HttpResponse:
    form = page_form(PasswordSignInForm, request)
    if form.is_valid():
        try:
            user = user_with_password(request=request, **form.cleaned_data)
        except TooOften:
            form.add_error(None, TOO_OFTEN)
        else:
            if user and eligible_user(user.email) == user:
                arrival = f"{reverse('mypage:arrive')}?{urlencode({'next': next_of(request)})}"
                return enter(request, user, method="password", next_url=arrival)
            form.add_error(None, _("メールアドレスかパスワードが違います。"))
    return render(request, "accounts/password/sign_in.html", {"form": form, "next": next_of(request)})


@door
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: PortalRequest) -> HttpResponse:
    """The same page for every address; the mail tells its owner what can be done."""
    form = page_form(ForgottenPasswordForm, request)
    if form.is_valid():
        address = form.cleaned_data["address"]
        if limits.allow(limits.MAILS_BY_VISITOR, limit_key(request)) and limits.allow(limits.MAILS_TO_ADDRESS, address):
            ask_for_new_password(address=address, language=request.LANGUAGE_CODE)
            return redirect("accounts:password_sent")
        form.add_error(
            "address", _("このアドレスへは、続けて送れません。届いたメールのうち、最後のものをお使いください。")
        )
    return render(request, "accounts/password/forgotten.html", {"form": form})


@door
@require_http_methods(["GET", "HEAD"])
def sent(request: PortalRequest) -> HttpResponse:
    return render(request, "accounts/password/sent.html")


@door
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: PortalRequest, whose: str, proof: str) -> HttpResponse:
    """Where the mailed link leads. For staff this is only the first of two factors."""
    user = user_of_key(whose, proof)
    if user is None:
        return render(request, "accounts/password/link_over.html", status=410)
    form = page_form(NewPasswordForm, request, user=user)
    if form.is_valid():
        set_password(user=user, password=form.cleaned_data["password"])
        return redirect("staff:password_done" if works_here(user) else "accounts:password_done")
    return render(request, "accounts/password/new.html", {"form": form, "person": user})


@door
@require_http_methods(["GET", "HEAD"])
def done(request: PortalRequest) -> HttpResponse:
    return render(request, "accounts/password/done.html", {"door": _door_of(request)})


def _door_of(request: PortalRequest) -> str:
    match = request.resolver_match
    return reverse("staff:sign_in" if match and match.namespace == "staff" else "accounts:password")
