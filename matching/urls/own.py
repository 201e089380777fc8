"""A partner's own pages below /mypage/matching/: postings, applications, and what came of them."""

from django.urls import path

from matching.views import applications, collaborations, introductions, logos, postings, sides

app_name = "my_matching"
urlpatterns = [
    path("", postings.board, name="board"),
    path("mine/", postings.mine, name="mine"),
    path("new/<slug:size>/", postings.new, name="new"),
    path("postings/<int:posting_id>/", postings.detail, name="posting"),
    path("postings/<int:posting_id>/pdf/", postings.document, name="document"),
    path("postings/<int:posting_id>/edit/", postings.edit, name="edit"),
    path("postings/<int:posting_id>/designees/", postings.designees, name="designees"),
    path("postings/<int:posting_id>/designees/names/", postings.find_designee, name="find_designee"),
    path("postings/<int:posting_id>/apply/", applications.apply, name="apply"),
    path("postings/<int:posting_id>/act/<slug:deed>/", postings.act, name="act"),
    path("applications/", applications.applications, name="applications"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/record/", collaborations.begin, name="begin_record"),
    path("applications/<int:application_id>/withdraw/", applications.withdraw, name="withdraw_application"),
    path("introductions/", introductions.introductions, name="introductions"),
    path("introductions/<int:introduction_id>/", introductions.introduction, name="introduction"),
    path("introductions/<int:introduction_id>/record/", introductions.begin, name="begin_together"),
    path("records/", collaborations.records, name="records"),
    path("records/<int:record_id>/", collaborations.record, name="record"),
    path("records/<int:record_id>/plan/", collaborations.plan, name="plan"),
    path("records/<int:record_id>/agree/", collaborations.agree, name="agree"),
    path("records/<int:record_id>/report/", collaborations.report, name="report"),
    path("records/<int:record_id>/outcome/", collaborations.outcome, name="outcome"),
    path("records/<int:record_id>/end/", collaborations.end, name="end_record"),
    path("records/<int:record_id>/sides/", sides.add, name="add_side"),
    path("records/<int:record_id>/sides/names/", sides.find, name="find_side"),
    path("invitations/<int:invitation_id>/", sides.invitation, name="invitation"),
    path("invitations/<int:invitation_id>/take-back/", sides.take_back, name="take_back_invitation"),
    path("reports/<int:report_id>/confirm/", collaborations.confirm, name="confirm"),
    path("logos/", logos.logos, name="logos"),
    path("logos/<slug:logo>/terms/", logos.accept, name="logo_terms"),
    path("logos/<slug:logo>/<slug:form>/", logos.download, name="logo"),
]
