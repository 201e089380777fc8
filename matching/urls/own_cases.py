"""A partner's own cases, below /mypage/cases/."""

from django.urls import path

from matching.views import own_cases

app_name = "my_cases"
urlpatterns = [
    path("", own_cases.cases, name="list"),
    path("new/", own_cases.new, name="new"),
    path("from/<int:record_id>/", own_cases.begin, name="begin"),
    path("<int:case_id>/", own_cases.case, name="case"),
    path("<int:case_id>/edit/", own_cases.edit, name="edit"),
    path("<int:case_id>/sides/<int:side_id>/", own_cases.side, name="side"),
    path("<int:case_id>/send/<slug:deed>/", own_cases.send, name="send"),
    path("<int:case_id>/end/<slug:deed>/", own_cases.end, name="end"),
]
