"""/demo/components/: every component, and a sample form. In the map only where settings.DEMO is on."""

from django.urls import path

from portal.web.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.components, name="components"),
    path("sample.pdf", views.sample_document, name="document"),
    path("form/", views.sample_form, name="form"),
    path("form/done/", views.done, name="done"),
]
