"""A partner's own dates and reports, below /renewals/."""

from django.urls import path

from renewals.views import own

app_name = "renewals"
urlpatterns = [
    path("", own.overview, name="own"),
]
