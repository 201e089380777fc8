"""One vote per organisation, changed until it closes; and the themes that come of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Theme, ThemePoll, Vote
from meetings.queries.polls import outcome_of
from meetings.services.polls import (
    cast_vote,
    choose_themes,
    close_poll,
    draft_poll_mailing,
    extend_poll,
    open_poll,
    save_poll,
)
from meetings.services.steps import Overtaken
from meetings.states import SurveyState
from portal.audit.models import Action, AuditEvent
from portal.notices.models import Mailing
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.registry import mail_segments
from tests.factories import make_actor, make_member, make_partner, make_poll
from tests.meetings.conftest import member_actor

pytestmark = pytest.mark.usefixtures("in_kanagawa")


def vote(poll: ThemePoll, actor: Actor, *titles: str, suggestion: str = "", seen: int = 0, **options: object) -> Vote:
    chosen = list(poll.options.filter(title__in=titles).values_list("pk", flat=True))
    return cast_vote(poll_id=poll.pk, options=chosen, suggestion=suggestion, seen=seen, actor=actor, **options)  # type: ignore[arg-type]


def test_a_colleague_changes_the_one_vote() -> None:
    poll, partner = make_poll(), make_partner()
    first = vote(poll, member_actor(partner), "エネルギー")
    changed = vote(poll, member_actor(partner), "人を育てる", seen=first.revision)
    assert changed.pk == first.pk
    assert [str(choice.option) for choice in changed.choices.all()] == ["人を育てる"]
    vote(poll, member_actor(make_partner(name="別の団体")), "人を育てる", suggestion="防災")
    outcome = outcome_of(poll)
    assert outcome.points == [("人を育てる", 2), ("エネルギー", 0)]
    assert (outcome.voters, outcome.suggestions) == (2, ["防災"])
    assert AuditEvent.objects.filter(action=Action.VOTE_CAST).count() == 3


def test_a_vote_that_one_has_not_seen_is_not_written_over() -> None:
    poll, partner = make_poll(), make_partner()
    first = vote(poll, member_actor(partner), "エネルギー")
    with pytest.raises(Overtaken) as refusal:
        vote(poll, member_actor(partner), "人を育てる")
    assert refusal.value.revision == first.revision
    # The same form, pressed twice, is no other vote.
    assert vote(poll, member_actor(partner), "エネルギー").revision == first.revision


def test_the_database_knows_one_vote_for_each() -> None:
    poll, actor = make_poll(), member_actor()
    vote(poll, actor, "エネルギー")
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(poll=poll, partner_id=actor.place.partner_id, cast_by=actor.user)


def test_the_last_second_counts_and_the_next_does_not() -> None:
    poll, actor = make_poll(), member_actor()
    cast = vote(poll, actor, "エネルギー", now=poll.closes_at - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="締め切りました"):
        vote(poll, actor, "人を育てる", seen=cast.revision, now=poll.closes_at)


@pytest.mark.parametrize(
    ("titles", "suggestion", "words"),
    [([], "", "1つ以上"), (["一", "二", "三"], "", "2個まで"), ([], "防災", "1つ以上")],
)
def test_what_is_no_vote(titles: list[str], suggestion: str, words: str) -> None:
    poll = make_poll("一", "二", "三", most_choices=2, takes_suggestions=False)
    with pytest.raises(ValidationError, match=words):
        vote(poll, member_actor(), *titles, suggestion=suggestion)


def test_another_polls_theme_is_no_choice() -> None:
    poll, other = make_poll(), make_poll("防災", "福祉")
    with pytest.raises(ValidationError):
        cast_vote(
            poll_id=poll.pk, options=[option.pk for option in other.options.all()], suggestion="", seen=0, actor=member_actor()
        )  # fmt: skip


def test_who_may_vote() -> None:
    poll = make_poll()
    for actor in (member_actor(role=MemberRole.VIEWER), member_actor(is_suspended=True)):
        with pytest.raises(PermissionDenied):
            vote(poll, actor, "エネルギー")


def test_from_draft_to_themes(officer: Actor) -> None:
    poll = make_poll("一つだけ", state=SurveyState.DRAFT)
    with pytest.raises(ValidationError, match="2つ以上"):
        open_poll(poll=poll, actor=officer)
    poll.options.create(title="もう一つ", text="説明", position=1)
    open_poll(poll=poll, actor=officer)
    with pytest.raises(ValidationError, match="書き換えられません"):
        save_poll(poll=poll, actor=officer)
    with pytest.raises(ValidationError, match="締め切ってから"):
        choose_themes(poll=poll, options=poll.options.all(), actor=officer)
    Theme.objects.create(title="前からのテーマ", position=4)
    close_poll(poll=poll, actor=officer)
    [option] = poll.options.filter(title="もう一つ")
    [theme] = choose_themes(poll=poll, options=[option], actor=officer)
    assert (theme.title, theme.text, theme.is_open, theme.position) == ("もう一つ", "説明", True, 5)
    # Pressed twice, it is one theme.
    assert choose_themes(poll=poll, options=[option], actor=officer) == []
    option.refresh_from_db()
    assert option.theme == theme
    with pytest.raises(ValidationError, match="終了"):
        open_poll(poll=poll, actor=officer)


def test_a_deadline_moves_only_while_votes_are_taken(officer: Actor) -> None:
    poll = make_poll()
    later = timezone.now() + timedelta(days=20)
    extend_poll(poll=poll, closes_at=later, actor=officer)
    poll.refresh_from_db()
    assert poll.closes_at == later
    with pytest.raises(ValidationError, match="これから"):
        extend_poll(poll=poll, closes_at=timezone.now(), actor=officer)
    over = make_poll(closes_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="締め切りました"):
        extend_poll(poll=over, closes_at=later, actor=officer)


def test_the_call_is_a_draft_for_staff(officer: Actor) -> None:
    poll = make_poll()
    draft_poll_mailing(poll=poll, segment="partners", choice="", actor=officer)
    assert f"/mypage/polls/{poll.pk}/" in Mailing.objects.get().text


def test_who_has_not_voted_can_be_reminded() -> None:
    poll, done, missing = make_poll(), make_partner(name="投票した団体"), make_partner(name="まだの団体")
    vote(poll, member_actor(done), "エネルギー")
    late = make_member(partner=missing)
    reminded = mail_segments["meetings.not_voted"]
    assert reminded.choices() == [(str(poll.pk), poll.title)]
    assert [one.address for one in reminded.receivers(str(poll.pk))] == [late.user.email]


def test_only_staff_do_it(in_kanagawa: Programme) -> None:
    poll = make_poll()
    reader = make_actor(StaffRole.READ_ONLY, in_kanagawa)
    for deed in (open_poll, close_poll, save_poll):
        with pytest.raises(PermissionDenied):
            deed(poll=poll, actor=reader)
