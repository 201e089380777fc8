from django.urls import path

from portal.backoffice import views

app_name = "statistics"
urlpatterns = [path("", views.page, name="page")]
