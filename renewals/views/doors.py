"""A programme that has switched reports off has none of these pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import Http404, HttpResponse

from portal.tenancy.models import Feature
from portal.web.requests import PortalRequest

View = TypeVar("View", bound=Callable[..., HttpResponse])


def with_reports(view: View) -> View:
    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.programme.has(Feature.RENEWALS):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]
