"""Who is asking, and the decorators that let them in. SignInRequiredMiddleware closes every view that says nothing.

`request.actor` is set by portal.accounts; it answers from memory for anonymous visitors, so that public pages read no
session. What an actor may do with one object stands in each app's rules.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from portal.tenancy.scope import current_programme_or_none

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

View = TypeVar("View", bound=Callable[..., HttpResponse])
# Also what streams a file.
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])


class MemberRole(IntEnum):
    """Within a partner. Each may do what the ones before may."""

    VIEWER = 1
    EDITOR = 2
    OWNER = 3

    @property
    def label(self) -> str:
        return str({1: _("閲覧"), 2: _("担当"), 3: _("代表")}[self.value])


class StaffRole(IntEnum):
    """Within a programme. Each may do what the ones before may."""

    READ_ONLY = 1
    OFFICER = 2
    APPROVER = 3

    @property
    def label(self) -> str:
        return str({1: _("閲覧のみ"), 2: _("担当者"), 3: _("承認者")}[self.value])


class Refusal(PermissionDenied):
    """With a title and what to do, which the error page shows (portal/web/errors.py)."""

    def __init__(self, title: "StrOrPromise", advice: "StrOrPromise") -> None:
        super().__init__(str(title))
        self.title, self.advice = title, advice


@dataclass(frozen=True)
class Membership:
    """A person's place in one partner of the current programme."""

    member_id: int
    partner_id: int
    partner_name: str
    role: MemberRole
    person_name: str = ""
    is_confirmed: bool = True
    is_migrated: bool = True
    is_suspended: bool = False
    # False until the first sign-in, at which the person sees the purpose of use.
    has_joined: bool = True

    @property
    def why_not(self) -> "Refusal | None":
        """Why it may not take part now, and what the person can do."""
        if not self.is_confirmed:
            return Refusal(
                _("登録の内容を確認しています"),
                _(
                    "確認が済むとメールでお知らせします。それまでも、ご覧になることとお問い合わせはできます。申込みや投稿は、確認のあとにできます。"
                ),
            )
        if self.is_suspended:
            return Refusal(
                _("ただいまご利用を止めています"),
                _("申込みや投稿はできません。くわしくは事務局へお尋ねください。"),
            )
        if not self.is_migrated:
            return Refusal(
                _("新しい制度への移行をお願いします"),
                _("登録の内容を確かめて移行を済ませると、申込みや投稿ができます。"),
            )
        return None

    @property
    def is_full(self) -> bool:
        """May take part: sign up, post, apply. Others may sign in, read and ask."""
        return self.why_not is None


@dataclass(frozen=True)
class Actor:
    """The person behind a request or a task, in one programme."""

    user: Any = None
    membership: Membership | None = None
    staff_role: StaffRole | None = None
    # All places of the person in this programme; `membership` is the only one, or the one chosen for this session.
    memberships: tuple[Membership, ...] = ()

    @property
    def is_anonymous(self) -> bool:
        return self.user is None

    def is_member(self, least: MemberRole = MemberRole.VIEWER) -> bool:
        return self.membership is not None and self.membership.role >= least

    def is_staff(self, least: StaffRole = StaffRole.READ_ONLY) -> bool:
        return self.staff_role is not None and self.staff_role >= least

    @property
    def is_operator(self) -> bool:
        """Runs the platform. Counts on the platform's own host alone, so never beside a programme's data."""
        return self.user is not None and self.user.is_superuser and current_programme_or_none() is None

    @property
    def is_undecided(self) -> bool:
        """Signed in as nobody in particular yet: an organisation has to be chosen, or an invitation accepted."""
        return self.user is not None and self.membership is None and self.staff_role is None

    @property
    def place(self) -> Membership:
        """The membership, where there must be one: behind `member` and `full_member`."""
        if self.membership is None:
            raise PermissionDenied
        return self.membership

    @property
    def may_take_part(self) -> bool:
        return self.membership is not None and self.membership.is_full


ANONYMOUS = Actor()


def only_staff(actor: Actor, least: StaffRole = StaffRole.OFFICER) -> None:
    """For services of staff: each asks by itself, whatever screen or command called it."""
    if not actor.is_staff(least):
        raise PermissionDenied


def public(view: AnyView) -> AnyView:
    """Open to everybody. Such a page sets no cookie and reads no session."""
    return login_not_required(view)


def member(least: MemberRole = MemberRole.VIEWER) -> Callable[[View], View]:
    """Only for people of a partner, from this role upwards."""
    return _only(lambda actor: actor.is_member(least), ask_for_organisation=True)


def full_member(least: MemberRole = MemberRole.EDITOR) -> Callable[[View], View]:
    """Only for people of a partner that may take part: confirmed, migrated, not suspended."""

    def allowed(actor: Actor) -> bool:
        if actor.is_member(least) and (refusal := actor.place.why_not):
            raise refusal
        return actor.is_member(least)

    return _only(allowed, ask_for_organisation=True)


def staff(least: StaffRole = StaffRole.READ_ONLY) -> Callable[[View], View]:
    """Only for staff of the programme from this role upwards, and for operators on the platform's host."""
    guard = _only(lambda actor: actor.is_staff(least) or actor.is_operator)

    def decorate(view: View) -> View:
        guarded = guard(view)
        guarded.login_url = reverse_lazy("staff:sign_in")  # type: ignore[attr-defined]
        return guarded

    return decorate


def _only(allowed: Callable[[Actor], bool], ask_for_organisation: bool = False) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if ask_for_organisation and actor.is_undecided:
                return redirect(f"{reverse('mypage:arrive')}?{urlencode({'next': request.get_full_path()})}")
            if not allowed(actor):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate
