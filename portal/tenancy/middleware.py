"""Host name → programme. Everything behind this middleware runs inside the programme's scope."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

# Asked by address, by machines that know nothing of programmes.
HOSTLESS = ("/healthz", "/readyz")


def programme_of_host(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.programme = None  # type: ignore[attr-defined]
        if request.path in HOSTLESS:
            # Otherwise an address that is no name of ours would be refused further in.
            request.META["HTTP_HOST"] = settings.PLATFORM_HOST
            request.urlconf = settings.PLATFORM_URLCONF
            return get_response(request)
        host, _ = split_domain_port(request.get_host())
        if host == settings.PLATFORM_HOST:
            request.urlconf = settings.PLATFORM_URLCONF
            return get_response(request)
        programme = Programme.objects.for_host(host)
        if programme is None:
            # Nothing of ours is shown, not even whose machine this is.
            return HttpResponse("404 Not Found\n", status=404, content_type="text/plain; charset=utf-8")
        request.programme = programme  # type: ignore[attr-defined]
        with programme_scope(programme):
            return get_response(request)

    return middleware
