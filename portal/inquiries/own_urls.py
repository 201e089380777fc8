from django.urls import path

from portal.inquiries.views import own

app_name = "my_inquiries"
urlpatterns = [
    path("", own.inquiries, name="list"),
    path("new/<int:kind_id>/", own.ask, name="ask"),
    path("<int:pk>/", own.thread, name="thread"),
]
