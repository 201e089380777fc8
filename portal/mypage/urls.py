"""What stands below /mypage/."""

from django.urls import path

from portal.mypage.views import account, arrival, home, people, succession

app_name = "mypage"
urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.manual, name="help"),
    path("arrive/", arrival.arrive, name="arrive"),
    path("organisation/", arrival.organisation, name="organisation"),
    path("welcome/<int:member_id>/", arrival.welcome, name="welcome"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:member_id>/", people.change, name="person"),
    path("people/<int:member_id>/disable/", people.disable, name="disable"),
    path("people/<int:member_id>/again/", people.again, name="invite_again"),
    path("successor/", succession.successor, name="successor"),
    path("successor/done/", succession.succeeded, name="succeeded"),
    path("account/", account.account, name="account"),
    path("account/address/", account.address, name="address"),
    path("account/consent/", account.consent, name="consent"),
    path("account/language/", account.mail_language, name="mail_language"),
    path("account/password/", account.password, name="password"),
    path("account/passkeys/", account.add_passkey, name="add_passkey"),
    path("account/passkeys/challenge/", account.challenge, name="challenge"),
    path("account/passkeys/<int:factor_id>/remove/", account.remove_passkey, name="remove_passkey"),
    path("sessions/end/", account.end_sessions, name="end_sessions"),
]
