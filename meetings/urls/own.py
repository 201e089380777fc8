"""What stands below /mypage/ of meetings."""

from django.urls import path

from meetings.views import calendars, groups, own, slots, surveys, talks, videos

app_name = "my_meetings"
urlpatterns = [
    path("meetings/", own.meetings, name="list"),
    path("meetings/<int:pk>/", own.detail, name="detail"),
    path("meetings/<int:pk>/calendar.ics", own.entry, name="entry"),
    path("bookings/", own.bookings, name="bookings"),
    path("bookings/<int:pk>/", own.booking, name="booking"),
    path("bookings/<int:pk>/cancel/", own.cancel, name="cancel"),
    path("bookings/<int:pk>/undo/", own.undo, name="undo"),
    path("bookings/<int:pk>/keep-names/", own.keep_names, name="keep_names"),
    path("consultations/", slots.consultations, name="consultations"),
    path("consultations/<int:pk>/", slots.consultation, name="consultation"),
    path("consultations/<int:pk>/reserve/", slots.reserve, name="reserve"),
    path("reservations/<int:pk>/", slots.reservation, name="reservation"),
    path("reservations/<int:pk>/cancel/", slots.cancel, name="cancel_reservation"),
    path("reservations/<int:pk>/undo/", slots.undo, name="undo_reservation"),
    path("talks/", talks.talks, name="talks"),
    path("talks/<int:pk>/", talks.talk, name="talk"),
    path("talks/<int:pk>/withdraw/", talks.withdraw, name="withdraw_talk"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/<int:pk>/", surveys.survey, name="survey"),
    path("polls/<int:pk>/", surveys.poll, name="poll"),
    path("groups/", groups.groups, name="groups"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/join/", groups.join, name="join_group"),
    path("groups/<int:pk>/leave/", groups.leave, name="leave_group"),
    path("groups/results/<int:pk>/", groups.my_result, name="group_result"),
    path("calendar/", calendars.subscribe, name="subscribe"),
    path("calendar/renew/", calendars.renew, name="renew_feed"),
    path("calendar/end/", calendars.end, name="end_feed"),
    path("videos/", videos.my_videos, name="videos"),
    path("videos/<int:pk>/", videos.my_video, name="video"),
]
