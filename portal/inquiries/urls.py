from django.urls import path

from portal.inquiries.views import public

app_name = "inquiries"
urlpatterns = [
    path("", public.menu, name="menu"),
    path("sent/", public.sent, name="sent"),
    path("<int:kind_id>/", public.ask, name="ask"),
    path("thread/<str:token>/", public.thread, name="thread"),
    path("thread/<str:token>/files/<uuid:key>/", public.thread_file, name="thread_file"),
]
