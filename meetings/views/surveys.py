"""What a partner's people are asked: the list on My Page, and the vote for themes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.forms.polls import VoteForm
from meetings.models import ThemePoll
from meetings.queries.polls import outcome_of, poll_lines, vote_of
from meetings.queries.surveys import tickets_of
from meetings.services.polls import VoteOvertaken, cast_vote
from meetings.views.public import refuse_without_meetings
from portal.web.access import MemberRole, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@member()
@require_safe
def surveys(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    now = timezone.now()
    context = {"polls": poll_lines(request.actor.place.partner_id, now), "tickets": tickets_of(request.actor, now)}
    return render(request, "meetings/surveys/list.html", context)


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
        except VoteOvertaken as refusal:
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
