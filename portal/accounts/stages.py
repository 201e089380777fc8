"""The one stage between a right password, link, code or passkey and a session: staff show a second factor."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts.queries import works_here


class SecondFactorStage(LoginStage):  # type: ignore[misc]
    """A partner's passkey is a quicker door, no second lock: who loses it still comes in by mail."""

    key = "second-factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not works_here(self.login.user) or has_second_factor(self.request, self.login.user):
            return None, True
        return redirect("staff:second_factor"), True


def current_stage(request: HttpRequest) -> SecondFactorStage | None:
    """The sign-in that waits for its second factor in this browser."""
    return LoginStageController.enter(request, SecondFactorStage.key)  # type: ignore[no-any-return]


def has_second_factor(request: HttpRequest, user: Any) -> bool:
    """Whether this session was opened with one. Asked on every request of staff."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))
