"""What the pages of all doors share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.web.access import public

View = Callable[..., HttpResponse]


def unkept(view: View) -> View:
    """Kept by no browser and no proxy."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def door(view: View) -> View:
    """Open to everybody, kept by nobody; the referrer names the host alone.

    The path of a mailed link holds its secret; and with no referrer at all browsers would send `Origin: null`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return public(unkept(guarded))
