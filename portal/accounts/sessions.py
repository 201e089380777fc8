"""Opening a session, at the end of every door, and what it remembers."""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.models import Login
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from portal.accounts.models import User
from portal.accounts.rules import is_safe_path
from portal.audit.models import Action
from portal.audit.services import record_event

# Keys of the session: whose host it belongs to, for which partner the person acts, when staff last did something, and
# the sign-in that waits in this browser.
PROGRAMME, MEMBER, SEEN, TICKET = "programme", "member", "seen", "ticket"


def enter(request: HttpRequest, user: User, *, method: str, next_url: str, **facts: Any) -> HttpResponse:
    """The identity is established: go through the stages, and then to `next_url`, which the caller has checked.

    Whoever was signed in here is out first, so that nothing of theirs stays in the session.
    """
    if SESSION_KEY in request.session:
        request.session.flush()
    record_authentication(request, user, method=method, **facts)
    response: HttpResponse = perform_login(request, Login(user=user, email=user.email, redirect_url=next_url))
    return response


def open_session(request: HttpRequest, user: User) -> None:
    """Called by the adapter, once, when all stages are passed."""
    methods = [record["method"] for record in get_authentication_records(request, user)]
    record_event(action=Action.SIGNED_IN, subject=user, actor=user, changes={"methods": (None, methods)})
    if user.language != request.LANGUAGE_CODE:
        user.language = request.LANGUAGE_CODE
        user.save(update_fields=["language"])
    request.session[PROGRAMME] = place_of(request)
    request.session[SEEN] = int(time.time())
    request.session.pop(TICKET, None)


def place_of(request: HttpRequest) -> int:
    """What a session belongs to: a programme, or 0 for the platform's own host."""
    programme = request.programme  # type: ignore[attr-defined]
    return programme.pk if programme else 0


def next_of(request: HttpRequest) -> str:
    """Where the person wanted to go before signing in; nothing if that is not a page of this host."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    return path if is_safe_path(path) else ""


def end_session(session: UserSession) -> None:
    session.end()


def sessions_here(request: HttpRequest) -> list[UserSession]:
    """The person's own open sessions on this host, the newest first."""
    UserSession.objects.purge_and_list(request.user)
    return list(
        UserSession.objects.filter(user=request.user, data__programme=place_of(request)).order_by("-created_at")
    )
