"""What search engines ask for: where they may look, and which public pages there are. Every app names its own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.web.access import public
from portal.web.kept import kept
from portal.web.links import absolute_url
from portal.web.models import Page
from portal.web.registry import Address, public_addresses
from portal.web.requests import PortalRequest

# What one file may hold (sitemaps.org).
MOST = 50_000
CLOSED = ("/admin/", "/staff/", "/mypage/", "/files/", "/sign-in/", "/demo/")


@public
@require_safe
def robots(request: PortalRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {absolute_url(reverse('sitemap'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
@kept
def sitemap(request: PortalRequest) -> HttpResponse:
    pages = [Address(reverse("home"))]
    pages += [
        Address(reverse("page", args=[slug]), changed)
        for slug, changed in Page.objects.filter(language="ja").order_by("slug").values_list("slug", "updated_at")
    ]
    for addresses in public_addresses:
        pages += addresses()
    context = {"pages": [(absolute_url(page.path), page.changed_at) for page in pages[:MOST]]}
    return render(request, "web/sitemap.xml", context, content_type="application/xml; charset=utf-8")
