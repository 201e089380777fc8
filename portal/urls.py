"""The map of a programme's site. Japanese stands without a prefix; /en/ and /easy/ carry the other languages."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from portal.outbox.views import reports
from portal.web import crawlers, health, views

handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("brand/<slug:version>/logo", views.logo, name="logo"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("files/", include("portal.files.urls")),
    path("mail/reports/", reports, name="mail_reports"),
    path("staff/", include("portal.accounts.staff_urls")),
    path("admin/statistics/", include("portal.backoffice.staff_urls")),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("about/<slug:slug>/", views.page, name="page"),
        path("partners/", include("partners.urls.directory")),
        path("", include("partners.urls.content")),
        path("certificates/", include("partners.urls.certificates")),
        path("meetings/", include("meetings.urls.public")),
        path("matching/", include("matching.urls.public")),
        path("cases/", include("matching.urls.cases")),
        path("reports/", include("renewals.report_urls")),
        path("news/", include("portal.notices.urls")),
        path("stats/", include("portal.backoffice.urls")),
        path("contact/", include("portal.inquiries.urls")),
        path("", include("portal.accounts.urls")),
        path("mypage/", include("partners.urls.own")),
        path("mypage/matching/", include("matching.urls.own")),
        path("mypage/cases/", include("matching.urls.own_cases")),
        path("mypage/", include("portal.mypage.urls")),
        path("mypage/news/", include("portal.notices.own_urls")),
        path("mypage/", include("meetings.urls.own")),
        path("mypage/inquiries/", include("portal.inquiries.own_urls")),
        path("renewals/", include("renewals.urls")),
        prefix_default_language=False,
    ),
]

if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/components/", include("portal.web.demo.urls")),
        path("demo/", include("portal.outbox.demo.urls")),
        path("demo/", include("portal.local.urls")),
        prefix_default_language=False,
    )
