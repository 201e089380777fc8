"""/demo/mail/ and /demo/mail.json. In the map only where settings.DEMO is on."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.outbox.demo import views


class MailName(StringConverter):
    regex = "[0-9]{20}-[0-9a-f]{8}"


register_converter(MailName, "mail_name")

app_name = "mailbox"
urlpatterns = [
    path("mail.json", views.as_json, name="json"),
    path("mail/", views.mails, name="list"),
    path("mail/<mail_name:name>/", views.mail, name="mail"),
    path("mail/<mail_name:name>/html/", views.html, name="html"),
    path("mail/<mail_name:name>/source/", views.source, name="source"),
]
