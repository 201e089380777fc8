"""ログインと安全: one's own address, devices, consent, passkeys, and password where the programme has it."""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.models import Consent, Member
from partners.services.people import consent as give_consent
from portal.accounts import limits
from portal.accounts.forms import ChangePasswordForm, NewAddressForm, PasskeyForm
from portal.accounts.services import address as addresses
from portal.accounts.services import passwords, second_factors
from portal.accounts.services.users import choose_mail_language
from portal.accounts.sessions import end_session, sessions_here
from portal.accounts.views.doors import unkept
from portal.mypage.forms import ConsentForm, MailLanguageForm
from portal.tenancy.models import Feature, Language
from portal.web.access import member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@unkept
@member()
@require_safe
def account(request: PortalRequest) -> HttpResponse:
    context = {
        "sessions": sessions_here(request),
        "session_key": request.session.session_key,
        "consent": Consent.objects.filter(member=request.actor.place.member_id).first(),
        "passkeys": _passkeys(request),
        "mail_language": Language(request.actor.user.reads).label,
        "has_passwords": request.programme.has(Feature.PASSWORD_SIGN_IN),
        "help": "account",
    }
    return render(request, "mypage/account.html", context)


@unkept
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: PortalRequest) -> HttpResponse:
    form = page_form(NewAddressForm, request, user=request.actor.user)
    if form.is_valid():
        if limits.allow(limits.ADDRESS_CHANGES, request.actor.user.pk):
            new = form.cleaned_data["address"]
            addresses.ask_to_change_address(user=request.actor.user, address=new, language=request.LANGUAGE_CODE)
            messages.success(
                request, _("今のアドレスと新しいアドレスの両方へメールを送りました。両方で確認すると変わります。")
            )
            return redirect("mypage:account")
        form.add_error("address", _("続けて変更できるのは、1時間に3回までです。"))
    return render(request, "mypage/address.html", {"form": form, "help": "account"})


@member()
@require_POST
def end_sessions(request: PortalRequest) -> HttpResponse:
    """One device, or all but this one."""
    wanted = request.POST.get("session", "")
    for session in sessions_here(request):
        is_here = session.session_key == request.session.session_key
        if not is_here and wanted in ("others", str(session.pk)):
            end_session(session)
    messages.success(request, _("選んだ機器をログアウトしました。"))
    return redirect("mypage:account")


@unkept
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: PortalRequest) -> HttpResponse:
    person = get_object_or_404(Member, pk=request.actor.place.member_id)
    last = Consent.objects.filter(member=person).first()
    shown = {"shows_contact": last.shows_contact, "publishes_reports": last.publishes_reports} if last else {}
    form = page_form(ConsentForm, request, initial=shown)
    if form.is_valid():
        give_consent(member=person, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("公開の範囲を変えました。"))
        return redirect("mypage:account")
    return render(request, "mypage/consent.html", {"form": form, "help": "account"})


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def mail_language(request: PortalRequest) -> HttpResponse:
    user = request.actor.user
    form = page_form(MailLanguageForm, request, initial={"language": user.mail_language})
    if form.is_valid():
        choose_mail_language(user=user, language=form.cleaned_data["language"])
        messages.success(request, _("メールの言語を変えました。"))
        return redirect("mypage:account")
    return render(request, "mypage/mail_language.html", {"form": form, "help": "account"})


@unkept
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PortalRequest) -> HttpResponse:
    if not request.programme.has(Feature.PASSWORD_SIGN_IN):
        raise Http404
    form = page_form(ChangePasswordForm, request, user=request.actor.user)
    if form.is_valid():
        passwords.set_password(user=request.actor.user, password=form.cleaned_data["password"])
        update_session_auth_hash(request, request.actor.user)
        messages.success(request, _("パスワードを設定しました。確認のメールをお送りします。"))
        return redirect("mypage:account")
    return render(request, "mypage/password.html", {"form": form, "help": "account"})


@unkept
@member()
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: PortalRequest) -> HttpResponse:
    form = PasskeyForm(request.POST or None, user=request.actor.user)
    if form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        second_factors.add_passkey(user=request.actor.user, name=name, credential=credential)
        messages.success(request, _("パスキーを追加しました。"))
        return redirect("mypage:account")
    return render(request, "mypage/passkey.html", {"form": form, "help": "account"})


@member()
@require_POST
def challenge(request: PortalRequest) -> HttpResponse:
    return JsonResponse(begin_registration(request.actor.user, True))


@member()
@require_POST
def remove_passkey(request: PortalRequest, factor_id: int) -> HttpResponse:
    own = get_object_or_404(_passkeys(request), pk=factor_id)
    try:
        second_factors.remove(user=request.actor.user, authenticator=own)
    except second_factors.LastSecondFactor:
        # Of somebody who is on the staff of another programme.
        messages.error(request, _("最後の1つは削除できません。先に別の方法を追加してください。"))
    else:
        messages.success(request, _("パスキーを削除しました。"))
    return redirect("mypage:account")


def _passkeys(request: PortalRequest) -> "QuerySet[Authenticator]":
    return second_factors.factors_of(request.actor.user).filter(type=Authenticator.Type.WEBAUTHN)
