from django.urls import path

from partners.views import directory as views

app_name = "partners"
urlpatterns = [
    path("", views.directory, name="directory"),
    path("<int:number>/", views.detail, name="detail"),
]
