from django.urls import path

from bench.naive import views

urlpatterns = [
    path("", views.cards, name="cards"),
    path("empty/", views.empty, name="empty"),
    path("cards/<int:pk>/", views.empty, name="card"),
    path("towns/<str:town>/", views.empty, name="town"),
    path("kinds/<str:kind>/", views.empty, name="kind"),
]
