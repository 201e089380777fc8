from django.urls import path

from matching.views import cases

app_name = "cases"
urlpatterns = [
    path("", cases.cases, name="list"),
    path("feed.xml", cases.feed, name="feed"),
    path("<int:case_id>/", cases.detail, name="detail"),
    path("<int:case_id>/pdf/", cases.document, name="document"),
]
