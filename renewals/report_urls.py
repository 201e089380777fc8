"""The published reports, below /reports/."""

from django.urls import path

from renewals.views import public

app_name = "reports"
urlpatterns = [
    path("", public.reports, name="list"),
    path("timetable/", public.timetable, name="timetable"),
    path("<int:report_id>/", public.detail, name="detail"),
    path("<int:report_id>/pdf/", public.pdf, name="pdf"),
]
