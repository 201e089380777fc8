from django.urls import path

from matching.views import public

app_name = "matching"
urlpatterns = [
    path("", public.board, name="list"),
    path("feed.xml", public.feed, name="feed"),
    path("<int:posting_id>/", public.detail, name="detail"),
    path("<int:posting_id>/pdf/", public.document, name="document"),
]
