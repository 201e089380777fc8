"""What a partner's people are asked: the list on My Page, the organisation's answers, and the vote for themes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.forms.polls import VoteForm
from meetings.forms.surveys import PartnerSurveyForm
from meetings.models import ThemePoll
from meetings.queries.answers import said_in
from meetings.queries.polls import outcome_of, poll_lines, vote_of
from meetings.queries.surveys import reply_of, survey_lines, surveys_for, tickets_of
from meetings.services.partner_surveys import answer_for_partner
from meetings.services.polls import cast_vote
from meetings.services.steps import Overtaken
from meetings.views.public import refuse_without_meetings
from portal.web.access import MemberRole, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@member()
@require_safe
def surveys(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    now = timezone.now()
    partner_id = request.actor.place.partner_id
    context = {
        "polls": poll_lines(partner_id, now), "surveys": survey_lines(partner_id, now),
        "tickets": tickets_of(request.actor, now),
    }  # fmt: skip
    return render(request, "meetings/surveys/list.html", context)


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: PortalRequest, pk: int) -> HttpResponse:
    """What the organisation is asked: answered by any of its people, changed until it closes, then read."""
    refuse_without_meetings(request)
    partner_id = request.actor.place.partner_id
    found = get_object_or_404(surveys_for(partner_id), pk=pk)
    reply = reply_of(found, partner_id)
    form = page_form(PartnerSurveyForm, request, questions=list(found.questions.all()), reply=reply)
    if form.is_valid():
        try:
            answer_for_partner(survey_id=pk, answers=form.answers, seen=form.seen_revision, actor=request.actor)
        except Overtaken as refusal:
            form.overtaken(refusal)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("回答を受け付けました。締切までは、このページで変えられます。"))
            return redirect("my_meetings:survey", pk)
    is_open = found.is_open_at(timezone.now())
    context = {
        "survey": found, "form": form, "reply": reply, "is_open": is_open,
        "said": [] if is_open or reply is None else said_in(reply, form.questions),
    }  # fmt: skip
    return render(request, "meetings/surveys/survey.html", context)


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def poll(request: PortalRequest, pk: int) -> HttpResponse:
    """The vote, as long as it is open; then the result, if the office shows it."""
    refuse_without_meetings(request)
    found = get_object_or_404(ThemePoll.objects.begun(), pk=pk)
    actor, now = request.actor, timezone.now()
    may_act = actor.is_member(MemberRole.EDITOR)
    if request.method == "POST" and not may_act:
        raise PermissionDenied
    vote = vote_of(found, actor.place.partner_id)
    form = page_form(VoteForm, request, poll=found, vote=vote)
    if form.is_valid():
        try:
            cast_vote(poll_id=found.pk, actor=actor, **form.values)
        except Overtaken as refusal:
            form.overtaken(refusal)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("投票を受け付けました。締切までは、このページで変えられます。"))
            return redirect("my_meetings:poll", pk)
    is_over = found.is_over_at(now)
    context = {
        "poll": found, "form": form, "vote": vote_of(found, actor.place.partner_id), "is_over": is_over,
        "may_act": may_act and actor.may_take_part,
        "outcome": outcome_of(found) if is_over and found.shows_result else None,
    }  # fmt: skip
    return render(request, "meetings/surveys/poll.html", context)
