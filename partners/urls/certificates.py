from django.urls import path

from partners.views import certificates

app_name = "certificates"
urlpatterns = [
    path("mine/", certificates.mine, name="mine"),
    path("<slug:code>/", certificates.check, name="check"),
    path("<slug:code>/badge.svg", certificates.badge, name="badge"),
]
