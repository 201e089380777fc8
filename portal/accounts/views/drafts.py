"""Where drafts arrive: from portal.js while somebody types, and from forms whose page was open for too long."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.accounts import drafts
from portal.web import errors
from portal.web.access import Actor, public

DOORS = {"accounts:sign_in", "accounts:wait", "accounts:link", "accounts:password", "accounts:passkey"}


# The ticket itself proves that our page was given to this person; a session there may be no more.
@csrf_exempt
@public
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204 if drafts.keep(request) else 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a page from before the last sign-in. Nothing was done; a longer text is kept and given back."""
    if request.method == "POST" and drafts.keep(request):
        return redirect(request.get_full_path())
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.memberships and request.resolver_match and request.resolver_match.view_name in DOORS:
        return redirect("mypage:arrive")  # a second page of the door, left open while the person came in by the first
    return errors.csrf_failure(request, reason)
