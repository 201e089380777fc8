"""Browsers of people who have signed in, without walking through the door each time."""

import time

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from partners.models import Member
from portal.accounts.models import User
from portal.accounts.sessions import MEMBER, PROGRAMME, SEEN, place_of
from portal.tenancy.models import Programme


def signed_in(
    user: User, programme: Programme | None, member: Member | None = None, second_factor: bool = True
) -> Client:
    """A browser on the programme's host, or on the platform's. Staff have shown their second factor unless said so."""
    browser = Client(headers={"host": programme.primary_host if programme else settings.PLATFORM_HOST})
    browser.force_login(user)
    request = HttpRequest()
    request.session = browser.session
    request.programme = programme  # type: ignore[attr-defined]
    request.session[PROGRAMME], request.session[SEEN] = place_of(request), int(time.time())
    if member:
        request.session[MEMBER] = member.pk
    if user.was_appointed and second_factor:
        record_authentication(request, user, method="mfa", type="totp")
    request.session.save()
    browser.user, browser.member = user, member  # type: ignore[attr-defined]
    return browser
