"""The pages that belong to no app: home, a programme's own pages, its logo, the list of programmes."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.tenancy.models import Programme
from portal.web import menu
from portal.web.access import public
from portal.web.kept import kept
from portal.web.languages import JAPANESE, address_in
from portal.web.models import Page
from portal.web.queries import page_in_language, public_programmes
from portal.web.requests import PortalRequest


@public
@require_safe
@kept
def home(request: PortalRequest) -> HttpResponse:
    parts = menu.entries(request.programme)
    return render(
        request,
        "web/home.html",
        {
            "open_parts": [parts[name] for name in menu.OPEN if name in parts],
            "member_parts": [parts[name] for name in menu.FOR_MEMBERS if name in parts],
        },
    )


@public
@require_safe
@kept
def page(request: PortalRequest, slug: str) -> HttpResponse:
    found = page_in_language(slug, request.LANGUAGE_CODE)
    if found is None:
        raise Http404
    is_foreign = request.LANGUAGE_CODE == "en" and found.language == JAPANESE
    return render(request, "web/page.html", {"page": found, "is_foreign": is_foreign, "policies": Page.Slug.choices})


@public
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request: PortalRequest, version: str) -> HttpResponse:
    programme = request.programme
    if not programme.logo:
        raise Http404
    return HttpResponse(bytes(programme.logo), content_type=programme.logo_type)


@public
@require_safe
def programmes(request: PortalRequest) -> HttpResponse:
    language = request.LANGUAGE_CODE
    prefectures = [
        (name, [(programme, _address(request, programme, language)) for programme in found])
        for name, found in public_programmes(language)
    ]
    return render(request, "web/programmes.html", {"prefectures": prefectures})


def _address(request: PortalRequest, programme: Programme, language: str) -> str:
    path = address_in(language if language in programme.languages else JAPANESE, "/")
    return f"{request.scheme}://{programme.host}{settings.PORT_SUFFIX}{path}"  # type: ignore[attr-defined]
