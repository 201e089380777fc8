"""/demo/: the demo's people. In the map only where settings.DEMO is on."""

from django.urls import path

from portal.local import people_page

app_name = "people"
urlpatterns = [path("", people_page.people, name="list")]
