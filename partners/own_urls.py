"""A partner's own pages below /mypage/: what it says about itself, and what it asks the office."""

from django.urls import path

from partners.views import profile

app_name = "profile"
urlpatterns = [
    path("profile/", profile.overview, name="overview"),
    path("profile/visibility/", profile.visibility, name="visibility"),
    path("profile/seen-by/<slug:who>/", profile.seen_by, name="seen_by"),
    path("profile/edit/<slug:section>/", profile.edit, name="edit"),
    path("partners/<int:number>/", profile.other_partner, name="other_partner"),
]
