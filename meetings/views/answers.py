"""The questionnaire by the link in a mail. No sign-in, and nothing of a draft: what was typed is nowhere until it is sent."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from meetings.forms.surveys import SurveyForm
from meetings.models import Ticket
from meetings.services.surveys import answer_survey
from meetings.states import SurveyState
from meetings.views.public import refuse_without_meetings
from portal.web.access import public
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PortalRequest, token: str) -> HttpResponse:
    refuse_without_meetings(request)
    asked = (
        Ticket.objects.exclude(email="")
        .exclude(survey__state=SurveyState.DRAFT)
        .select_related("survey__meeting", "partner")
    )
    ticket = get_object_or_404(asked, token=token)
    survey = ticket.survey
    form = page_form(SurveyForm, request, questions=list(survey.questions.all()))
    if form.is_valid():
        try:
            answer_survey(ticket=ticket, answers=form.answers)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("meetings:answer", token)
    is_over = survey.is_over_at(timezone.now())
    context = {"survey": survey, "ticket": ticket, "form": form, "is_over": is_over}
    response = render(request, "meetings/surveys/answer.html", context)
    response["Cache-Control"] = "no-store"
    return response
