"""The pages that belong to no app: home, a programme's own pages, its logo, the list of programmes."""

from portal.web.access import public
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.tenancy.models import Programme
from portal.web.queries import page_in_language


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html")


@public
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = page_in_language(slug, request.LANGUAGE_CODE)
    if found is None:
        raise Http404
    return render(request, "web/page.html", {"page": found})


@public
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request: HttpRequest, version: str) -> HttpResponse:
    programme = request.programme
    if not programme.logo:
        raise Http404
    return HttpResponse(bytes(programme.logo), content_type=programme.logo_type)


@public
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    return render(request, "web/programmes.html", {"programmes": Programme.objects.public().prefetch_related("hosts")})


