from django.urls import path

from portal.notices import views

app_name = "my_news"
urlpatterns = [
    path("", views.my_board, name="board"),
    path("<int:pk>/", views.my_announcement, name="announcement"),
    path("preferences/", views.preferences, name="preferences"),
    path("mail/<int:pk>/", views.my_mail, name="mail"),
]
