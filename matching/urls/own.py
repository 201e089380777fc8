"""A partner's own pages below /mypage/matching/: postings, applications, and what came of them."""

from django.urls import path

from matching.views import applications, postings

app_name = "my_matching"
urlpatterns = [
    path("", postings.board, name="board"),
    path("mine/", postings.mine, name="mine"),
    path("new/<slug:size>/", postings.new, name="new"),
    path("postings/<int:posting_id>/", postings.detail, name="posting"),
    path("postings/<int:posting_id>/pdf/", postings.document, name="document"),
    path("postings/<int:posting_id>/edit/", postings.edit, name="edit"),
    path("postings/<int:posting_id>/designees/", postings.designees, name="designees"),
    path("postings/<int:posting_id>/apply/", applications.apply, name="apply"),
    path("postings/<int:posting_id>/act/<slug:deed>/", postings.act, name="act"),
    path("applications/", applications.applications, name="applications"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/withdraw/", applications.withdraw, name="withdraw_application"),
]
