"""The map of the platform's own host: the list of programmes, and the operators' admin."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from portal.urls import handler400, handler403, handler404, handler500
from portal.web import health, views
from portal.web.admin_site import platform_site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("staff/", include("portal.accounts.staff_urls")),
    path("admin/", platform_site.urls),
    *i18n_patterns(path("", views.programmes, name="programmes"), prefix_default_language=False),
]

if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/components/", include("portal.web.demo.urls")),
        path("demo/", include("portal.outbox.demo.urls")),
        path("demo/", include("portal.local.urls")),
        prefix_default_language=False,
    )
