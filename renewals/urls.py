"""A partner's own dates and reports, below /renewals/."""

from django.urls import path

from renewals.views import federating, own, reports

app_name = "renewals"
urlpatterns = [
    path("", own.overview, name="own"),
    path("grace/", own.grace, name="grace"),
    path("mail/", own.duty_mail, name="duty_mail"),
    path("reports/<int:report_id>/", reports.show, name="report"),
    path("reports/<int:report_id>/change/", reports.change, name="change"),
    path("reports/<int:report_id>/pdf/", reports.pdf, name="pdf"),
    path("reports/<int:report_id>/also/", federating.also, name="also"),
    path("<slug:what>/", reports.write, name="write"),
]
