"""What stands below /mypage/."""

from django.urls import path

from portal.mypage.views import arrival, home

app_name = "mypage"
urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.manual, name="help"),
    path("arrive/", arrival.arrive, name="arrive"),
    path("organisation/", arrival.organisation, name="organisation"),
    path("welcome/<int:member_id>/", arrival.welcome, name="welcome"),
]
