"""What the views of matching share."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse

from partners.models import Partner
from portal.tenancy.models import Feature
from portal.web.access import View
from portal.web.requests import PortalRequest

MOST_OFFERED = 8
FORM = ["GET", "HEAD", "POST"]


def where_used(feature: Feature) -> Callable[[View], View]:
    """Not there where the programme has switched it off."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.programme.has(feature):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


matching = where_used(Feature.MATCHING)


def offered(partners: Iterable[Partner]) -> HttpResponse:
    """For static/combobox.js."""
    first = list(partners)[:MOST_OFFERED]
    return JsonResponse({"offers": [{"name": one.name, "note": one.municipality_label} for one in first]})
