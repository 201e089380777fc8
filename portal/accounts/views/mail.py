"""The door for partners' people: type the address, wait for the mail, press the link's button or type the code.

These pages are the same for every address: who owns it is found out by the worker that sends the mail.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import keys, limits
from portal.accounts.forms import CodeForm, SignInForm
from portal.accounts.models import LoginTicket, User
from portal.accounts.queries import eligible_user, places_of
from portal.accounts.rules import masked
from portal.accounts.services.sign_in import (
    ask_to_sign_in,
    redeem_code,
    redeem_link,
    redeem_phone_help,
    send_ticket,
)
from portal.accounts.sessions import TICKET, enter, next_of
from portal.accounts.views.doors import door
from portal.accounts.visitors import limit_key
from portal.outbox.bounces import note_opened
from portal.tenancy.models import Feature
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@door
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: PortalRequest) -> HttpResponse:
    next_path = next_of(request)
    if request.method != "POST" and request.actor.membership:
        return redirect(next_path or "mypage:home")
    if request.method != "POST" and request.actor.memberships:
        return redirect(f"{reverse('mypage:arrive')}?{urlencode({'next': next_path})}")
    form = page_form(SignInForm, request)
    if form.is_valid():
        if problem := ask(request, form.cleaned_data["address"], next_path):
            form.add_error("address", problem)
        else:
            return redirect("accounts:wait")
    offers_password = request.programme.has(Feature.PASSWORD_SIGN_IN)
    return render(
        request, "accounts/sign_in.html", {"form": form, "next": next_path, "offers_password": offers_password}
    )


def ask(request: PortalRequest, address: str, next_path: str) -> str:
    """Makes the ticket and notes it in this browser's session; or says what stands against it."""
    waiting = waiting_ticket(request)
    if not limits.allow(limits.MAILS_BY_VISITOR, limit_key(request)):
        return _("短い時間に何度も送信されました。1時間ほど待ってから、もう一度お試しください。")
    if not limits.allow(limits.MAILS_TO_ADDRESS, address):
        if waiting and waiting.address == address and waiting.is_fresh_at(timezone.now()):
            return ""  # pressed twice: the mail is on its way
        return _(
            "このアドレスへは、続けて送れません（20秒に1通、1時間に5通まで）。届いたメールのうち、最後のものをお使いください。"
        )
    limits.watch(limits.MAILS_OF_PROGRAMME)
    ticket = ask_to_sign_in(address=address, next_path=next_path, language=request.LANGUAGE_CODE)
    request.session[TICKET] = ticket.pk
    return ""


@door
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: PortalRequest) -> HttpResponse:
    ticket = waiting_ticket(request)
    if ticket is None:
        return redirect("accounts:sign_in")
    form = page_form(CodeForm, request)
    if form.is_valid():
        if not limits.allow(limits.CODES_BY_VISITOR, limit_key(request)):
            form.add_error("code", _("短い時間に何度も入力されました。1時間ほど待ってから、もう一度お試しください。"))
        elif user := redeem_code(ticket_id=ticket.pk, code=form.cleaned_data["code"]):
            return enter_as_member(request, user, "code", ticket)
        else:
            # Not shown right here: the answer to a sent form, kept by nobody, could not be gone back to.
            return redirect(f"{reverse('accounts:wait')}?{urlencode({'code': 'wrong'})}")
    context = {
        "form": form,
        "ticket": ticket,
        "is_live": ticket.is_live_at(timezone.now()),
        "address": masked(ticket.address),
        "again_url": f"{reverse('accounts:sign_in')}?{urlencode({'next': ticket.next_path})}",
    }
    return render(request, "accounts/wait.html", context)


@door
@require_POST
def code_only(request: PortalRequest) -> HttpResponse:
    """Some mobile carriers drop mails with links: once more, with nothing but the code."""
    ticket = waiting_ticket(request)
    if ticket and ticket.is_live_at(timezone.now()) and limits.allow(limits.MAILS_TO_ADDRESS, ticket.address):
        send_ticket(ticket=ticket, message="accounts.sign_in_code")
        return redirect(f"{reverse('accounts:wait')}?{urlencode({'sent': 'code'})}")
    return redirect(f"{reverse('accounts:wait')}?{urlencode({'sent': 'later'})}")


@door
@require_POST
def phone_help(request: PortalRequest) -> HttpResponse:
    """The caller has read the number to an officer, who has confirmed it."""
    ticket = waiting_ticket(request)
    if ticket and (user := redeem_phone_help(ticket_id=ticket.pk)):
        return enter_as_member(request, user, "phone", ticket)
    return redirect(f"{reverse('accounts:wait')}?{urlencode({'phone': 'not-yet'})}")


@door
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: PortalRequest, token: str) -> HttpResponse:
    """Looking at the page is only put down; its button signs in. Mail scanners look, but do not press."""
    ticket = LoginTicket.objects.filter(link_hash=keys.hash_of(token)).first()
    if request.method == "POST":
        if ticket and (user := redeem_link(token=token)):
            return enter_as_member(request, user, "link", ticket)
    elif ticket and ticket.is_live_at(timezone.now()) and (user := eligible_user(ticket.address)):
        note_opened(to=ticket.address, data={"ticket": ticket.pk})
        return render(request, "accounts/link.html", {"places": places_of(user)})
    return render(request, "accounts/link_over.html", {"token": ticket and token}, status=410)


@door
@require_POST
def link_again(request: PortalRequest, token: str) -> HttpResponse:
    """A new mail for a link that is over, without typing the address again."""
    ticket = LoginTicket.objects.filter(link_hash=keys.hash_of(token)).first()
    if ticket is None or ask(request, ticket.address, ticket.next_path):
        return redirect("accounts:sign_in")
    return redirect("accounts:wait")


def enter_as_member(request: PortalRequest, user: User, method: str, ticket: LoginTicket) -> HttpResponse:
    address = f"{reverse('mypage:arrive')}?{urlencode({'next': ticket.next_path})}"
    return enter(request, user, method=method, next_url=address)


def waiting_ticket(request: HttpRequest) -> LoginTicket | None:
    return LoginTicket.objects.filter(pk=request.session.get(TICKET, 0)).first()
