from django.urls import path

from meetings.views import own, places, public

app_name = "meetings"
urlpatterns = [
    path("", public.meetings, name="list"),
    path("<int:pk>/", public.detail, name="detail"),
    path("<int:pk>/calendar.ics", public.entry, name="entry"),
    path("<int:pk>/sign-up/", own.sign_up, name="sign_up"),
    path("places/<slug:token>/", places.place, name="place"),
]
