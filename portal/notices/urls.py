from django.urls import path

from portal.notices import views

app_name = "news"
urlpatterns = [
    path("", views.board, name="board"),
    path("feed.atom", views.feed, name="feed"),
    path("<int:pk>/", views.announcement, name="announcement"),
    path("unsubscribe/<uuid:key>/", views.unsubscribe, name="unsubscribe"),
]
