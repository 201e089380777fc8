"""Who sends a form: a person, or a browser that nobody signed in with. Only the same one finds a pending file again."""

import secrets
from functools import cached_property
from typing import Any

from portal.web.requests import PortalRequest

SESSION_KEY = "sender"
# How the key of whoever is not signed in begins.
BROWSER = "browser:"


class Sender:
    """Asks for nothing until a file is kept or looked for, so that showing a form reads no session."""

    def __init__(self, request: PortalRequest) -> None:
        self._request = request

    @property
    def user(self) -> Any:
        return self._request.actor.user

    @cached_property
    def key(self) -> str:
        if self.user is not None:
            return f"user:{self.user.pk}"
        session = self._request.session
        if SESSION_KEY not in session:
            session[SESSION_KEY] = secrets.token_urlsafe(24)
        return f"{BROWSER}{session[SESSION_KEY]}"
