"""Votes and answers that come at the same moment: of one organisation, of one person, and across the closing."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from meetings.models import AnonymousReply, Choice, Idea, Reply, ThemePoll, Vote
from meetings.services.live import back_idea, send_idea
from meetings.services.partner_surveys import answer_for_partner
from meetings.services.polls import cast_vote, close_poll
from meetings.services.surveys import answer_survey, open_survey
from meetings.states import SurveyState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_board, make_partner, make_poll, make_programme, make_seat, make_survey
from tests.meetings.conftest import member_actor
from tests.races.together import at_once


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    make_programme("tokyo")
    return make_programme("kanagawa")


def voting(poll: ThemePoll, option: int, actor: Actor) -> Callable[[], Any]:
    return lambda: cast_vote(poll_id=poll.pk, options=[option], suggestion="", seen=0, actor=actor)


def test_two_people_of_one_organisation_vote_once(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        poll, partner = make_poll(*"一二三四五六七八"), make_partner()
        options = list(poll.options.values_list("pk", flat=True))
        deeds = [voting(poll, option, member_actor(partner)) for option in options]
    assert at_once(kanagawa, *deeds).count(True) == 1
    with programme_scope(kanagawa):
        assert (Vote.objects.count(), Choice.objects.count()) == (1, 1)
        assert Vote.objects.get().revision == 1


def test_no_vote_comes_in_after_the_closing(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        poll = make_poll()
        option = poll.options.all()[0].pk
        officer = make_actor(StaffRole.OFFICER, kanagawa)
        actors = [member_actor(make_partner(name=f"団体{number}")) for number in range(7)]
    counted: list[int] = []

    def close() -> None:
        close_poll(poll=poll, actor=officer)
        counted.append(Vote.objects.filter(poll=poll).count())

    results = at_once(kanagawa, *(voting(poll, option, actor) for actor in actors[:4]), close,
                      *(voting(poll, option, actor) for actor in actors[4:]))  # fmt: skip
    assert results[4]
    with programme_scope(kanagawa):
        poll.refresh_from_db()
        assert poll.state == SurveyState.CLOSED
        # What was there when it closed is all there is, and everybody else was told.
        assert Vote.objects.count() == counted[0] == results.count(True) - 1


def test_one_ticket_answers_once_and_all_answers_stay(kanagawa: Programme) -> None:
    """Eight people, each pressing twice, while every answer lays all of them back."""
    with programme_scope(kanagawa):
        survey = make_survey()
        for _ in range(8):
            make_seat(survey.meeting, attended_at=timezone.now())
        open_survey(survey=survey, actor=make_actor(StaffRole.OFFICER, kanagawa))
        tickets = list(survey.tickets.all())
    deeds = [partial(answer_survey, ticket=ticket, answers={"0": str(ticket.pk)}) for ticket in [*tickets, *tickets]]
    assert at_once(kanagawa, *deeds).count(True) == 8
    with programme_scope(kanagawa):
        said = {answers["0"] for answers in AnonymousReply.objects.values_list("answers", flat=True)}
        assert said == {str(ticket.pk) for ticket in tickets}
        assert AnonymousReply.objects.count() == 8


def test_two_people_of_one_organisation_answer_once(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        partner, survey = make_partner(), make_survey(segment="partners")
        actors = [member_actor(partner) for _ in range(8)]
        open_survey(survey=survey, actor=make_actor(StaffRole.OFFICER, kanagawa))
    deeds = [
        partial(answer_for_partner, survey_id=survey.pk, answers={"0": str(number)}, seen=0, actor=actor)
        for number, actor in enumerate(actors)
    ]
    results = at_once(kanagawa, *deeds)
    assert results.count(True) == 1
    with programme_scope(kanagawa):
        reply = Reply.objects.get()
        assert (reply.revision, reply.answers) == (1, {"0": str(results.index(True))})


def test_one_telephone_says_me_too_once(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        board = make_board(shows_first=True)
        idea = send_idea(board=board, kind=Idea.Kind.IDEA, text="屋根を貸し合う", name="", form_key=uuid4())
    phones = ["a" * 32] * 6 + ["b" * 32] * 2
    assert all(at_once(kanagawa, *(partial(back_idea, idea=idea, device=phone) for phone in phones)))
    with programme_scope(kanagawa):
        assert idea.backings.count() == 2
