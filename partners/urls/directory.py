from django.urls import path

from partners.views import directory, registration

app_name = "partners"
urlpatterns = [
    path("", directory.directory, name="directory"),
    path("<int:number>/", directory.detail, name="detail"),
    path("register/", registration.start, name="register"),
    path("register/mail/", registration.mail_sent, name="register_mail"),
    path("register/<str:token>/", registration.overview, name="register_application"),
    path("register/<str:token>/confirm/", registration.confirm, name="register_confirm"),
    path("register/<str:token>/withdraw/", registration.withdraw, name="register_withdraw"),
    path("register/<str:token>/<slug:step>/", registration.step, name="register_step"),
    path("register/<str:token>/<slug:step>/keep/", registration.keep, name="register_keep"),
]
