from django.urls import path

from meetings.views import answers, calendars, groups, live, own, places, public, talks, videos

app_name = "meetings"
urlpatterns = [
    path("", public.meetings, name="list"),
    path("<int:pk>/", public.detail, name="detail"),
    path("<int:pk>/calendar.ics", public.entry, name="entry"),
    path("<int:pk>/sign-up/", own.sign_up, name="sign_up"),
    path("calendar.ics", calendars.public_feed, name="feed"),
    path("feeds/<slug:key>.ics", calendars.partner_feed, name="partner_feed"),
    path("results/<int:pk>/", groups.result, name="group_result"),
    path("videos/", videos.videos, name="videos"),
    path("videos/<int:pk>/", videos.video, name="video"),
    path("speak/", talks.speak, name="speak"),
    path("speak/new/", talks.ask, name="ask_to_speak"),
    path("speak/sheet.xlsx", talks.sheet, name="sheet"),
    path("surveys/<slug:token>/", answers.answer, name="answer"),
    path("live/", live.enter, name="enter"),
    path("live/<slug:code>/", live.board, name="live"),
    path("live/<slug:code>/screen/", live.screen, name="screen"),
    path("live/<slug:code>/questions/<int:pk>/", live.choose, name="choose"),
    path("live/<slug:code>/<int:pk>/back/", live.back, name="back"),
    path("places/<slug:token>/", places.place, name="place"),
]
