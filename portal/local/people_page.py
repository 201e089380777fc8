"""The list of the demo's people, with what each may do and how to come in."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.local.data import people as data
from portal.tenancy.models import Feature
from portal.web.access import public
from portal.web.requests import PortalRequest


@public
@require_safe
def people(request: PortalRequest) -> HttpResponse:
    programme = request.programme
    place = programme.slug if programme else "platform"
    staff = data.STAFF if programme else [data.OPERATOR]
    codes = current_codes([person.address(place) for person in staff])
    context = {
        "members": [(person, person.address(place)) for person in data.members_of(programme)] if programme else [],
        "staff": [(person, person.address(place), codes.get(person.address(place), "")) for person in staff],
        "password": data.PASSWORD,
        "has_passwords": bool(programme) and programme.has(Feature.PASSWORD_SIGN_IN),
    }
    response = render(request, "local/people.html", context)
    response["Cache-Control"] = "no-store"
    return response


def current_codes(addresses: list[str]) -> dict[str, str]:
    """What the authenticator apps of the demo's staff show now. Nobody else's are ever looked at."""
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__email__in=addresses).select_related("user")
    counter = int(time.time()) // 30
    return {row.user.email: format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter)) for row in rows}
