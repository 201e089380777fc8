"""A partner's own pages below /mypage/: what it says about itself, what it asks the office, what has become of it."""

from django.urls import path

from partners.views import changes, history, moving, profile, rows

app_name = "profile"
urlpatterns = [
    path("profile/", profile.overview, name="overview"),
    path("profile/moved/", moving.moved, name="moved"),
    path("profile/visibility/", profile.visibility, name="visibility"),
    path("profile/logo/", rows.logo, name="logo"),
    path("profile/seen-by/<slug:who>/", profile.seen_by, name="seen_by"),
    path("profile/edit/<slug:section>/", profile.edit, name="edit"),
    path("profile/rows/<slug:kind>/add/", rows.add, name="add_row"),
    path("profile/rows/<slug:kind>/<int:row_id>/", rows.change, name="row"),
    path("profile/rows/<slug:kind>/<int:row_id>/remove/", rows.remove, name="remove_row"),
    path("profile/changes/ask/<slug:field>/", changes.ask, name="ask"),
    path("profile/changes/<int:change_id>/", changes.show, name="change"),
    path("profile/changes/<int:change_id>/withdraw/", changes.withdraw, name="withdraw"),
    path("profile/leave/", changes.leave, name="leave"),
    path("history/", history.changes, name="history"),
    path("activities/", history.activities, name="activities"),
    path("activities/csv/", history.activities_file, name="activities_file"),
    path("partners/<int:number>/", profile.other_partner, name="other_partner"),
]
