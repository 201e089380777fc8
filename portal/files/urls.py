from django.urls import path

from portal.files import views

app_name = "files"

urlpatterns = [
    path("<uuid:key>/", views.download, name="download"),
    path("<uuid:key>/picture/", views.picture, name="picture"),
]
