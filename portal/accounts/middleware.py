"""Who is asking. `request.user` and `request.actor` are found when first asked for, so a public page reads no session.

A session counts only on the host that opened it. For staff it counts only with a second factor and from an allowed
network, and ends after thirty minutes without a request.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal.accounts import drafts
from portal.accounts.models import User
from portal.accounts.queries import places_of
from portal.accounts.rules import is_safe_path
from portal.accounts.sessions import MEMBER, PROGRAMME, SEEN, place_of
from portal.accounts.stages import has_second_factor
from portal.accounts.visitors import is_within, network_address
from portal.tenancy.scope import current_programme_or_none
from portal.web.access import ANONYMOUS, Actor, StaffRole
from portal.web.registry import entrances

STAFF_IDLE_SECONDS = 30 * 60
# How exactly "seen" is kept: not every request has to write.
SEEN_EVERY_SECONDS = 60


class ActorMiddleware(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, but it asks first whether the view is public; otherwise every page would read the session."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view: Any) -> HttpResponseRedirect:
        if request.method == "POST":
            # The session was lost while somebody was writing: the text comes back after signing in (drafts.py).
            drafts.keep(request)
            return redirect_to_login(_page_of(request), self.get_login_url(view))
        return super().handle_no_permission(request, view)

    def get_login_url(self, view: Any) -> str:
        # Django says so for the admin's own pages, but not for those of its models.
        return reverse("admin:login") if hasattr(view, "model_admin") else super().get_login_url(view)


def user_of(request: HttpRequest) -> User | AnonymousUser:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.session.get(PROGRAMME) != place_of(request):
        return AnonymousUser()
    user = get_user(request)
    if user.is_anonymous or not (_role_here(user) or (place_of(request) == 0 and user.is_superuser)):
        return user
    counts = has_second_factor(request, user) and may_work_from(request) and _keep_awake(request)
    return user if counts else AnonymousUser()


def actor_of(request: HttpRequest) -> Actor:
    user = request.user
    if user.is_anonymous:
        return ANONYMOUS
    if request.programme is None:  # type: ignore[attr-defined]
        return Actor(user=user)
    if role := _role_here(user):
        # Never a partner's person too: staff do not act for those whom they decide about.
        return Actor(user=user, staff_role=role)
    places = places_of(user)
    joined, chosen = [place for place in places if place.has_joined], request.session.get(MEMBER)
    fitting = joined if len(joined) == 1 else [place for place in joined if place.member_id == chosen]
    return Actor(user=user, memberships=places, membership=next(iter(fitting), None))


def _role_here(user: Any) -> StaffRole | None:
    """The role in the current programme; one query for each request, though two ask."""
    if not hasattr(user, "role_here"):
        asked = entrances.staff_roles if current_programme_or_none() else []
        user.role_here = max((role for ask in asked if (role := ask(user))), default=None)
    return user.role_here  # type: ignore[no-any-return]


def _page_of(request: HttpRequest) -> str:
    """Where the form stood that was sent: what it was sent to need not be a page."""
    referer = urlsplit(request.headers.get("referer", ""))
    path = f"{referer.path}?{referer.query}" if referer.query else referer.path
    is_ours = referer.netloc == request.get_host() and is_safe_path(path)
    # A bare host is all that some pages let browsers say.
    return path if is_ours and path != "/" else request.get_full_path()


def _keep_awake(request: HttpRequest) -> bool:
    now, seen = int(time.time()), request.session.get(SEEN, 0)
    if now - seen > STAFF_IDLE_SECONDS:
        return False
    if now - seen > SEEN_EVERY_SECONDS:
        request.session[SEEN] = now
    return True


def may_work_from(request: HttpRequest) -> bool:
    """Whether staff may sign in from the visitor's network; from everywhere if nothing is said."""
    programme = request.programme  # type: ignore[attr-defined]
    networks = programme.staff_networks if programme else settings.OPERATOR_NETWORKS
    return not networks or is_within(network_address(request), networks)
