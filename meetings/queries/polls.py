"""Reads of theme polls: how a poll stands, what an organisation has voted, what My Page shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import PollOption, ThemePoll, Vote
from partners.models import Partner
from partners.queries.segments import segment
from portal.web.access import Actor, MemberRole
from portal.web.registry import Due
from portal.web.text import inside_quotes


@dataclass(frozen=True)
class Outcome:
    options: Sequence[PollOption]
    voters: int
    suggestions: Sequence[str]

    @property
    def points(self) -> list[tuple[str, int]]:
        """The most wished for first."""
        ordered = sorted(self.options, key=lambda option: -option.votes)  # type: ignore[attr-defined]
        return [(option.title, option.votes) for option in ordered]  # type: ignore[attr-defined]


def outcome_of(poll: ThemePoll) -> Outcome:
    """Three queries, however many votes."""
    suggestions = poll.votes.exclude(suggestion="").order_by("suggestion").values_list("suggestion", flat=True)
    options = poll.options.select_related("theme").annotate(votes=Count("choices"))
    return Outcome(list(options), poll.votes.count(), list(suggestions))


def vote_of(poll: ThemePoll, partner_id: int) -> Vote | None:
    found: Vote | None = Vote.objects.filter(poll=poll, partner=partner_id).prefetch_related("choices").first()
    return found


def polls_of(partner_id: int) -> Any:
    """Those that were opened, each with whether the organisation has voted."""
    own = Vote.objects.filter(poll=OuterRef("pk"), partner=partner_id)
    return ThemePoll.objects.begun().annotate(has_voted=Exists(own))


@dataclass(frozen=True)
class PollLine:
    poll: ThemePoll
    is_open: bool
    has_voted: bool


def poll_lines(partner_id: int, now: datetime) -> list[PollLine]:
    return [PollLine(poll, poll.is_open_at(now), poll.has_voted) for poll in polls_of(partner_id)[:50]]


def open_polls(partner_id: int, now: datetime) -> list[PollLine]:
    return [PollLine(poll, True, poll.has_voted) for poll in polls_of(partner_id).open_at(now)[:5]]


def polls_due(actor: Actor) -> Iterator[Due]:
    """An open poll in which nobody of the organisation has voted, for who may."""
    if not (actor.is_member(MemberRole.EDITOR) and actor.may_take_part):
        return
    for poll in polls_of(actor.place.partner_id).open_at(timezone.now()).filter(has_voted=False)[:5]:
        yield Due(
            _("「%s」に投票する") % inside_quotes(poll.title),
            reverse("my_meetings:poll", args=[poll.pk]),
            poll.closes_at,
            note=_("1つの団体につき1票です。"),
        )


def _open_choices() -> list[tuple[str, str]]:
    return [(str(poll.pk), poll.title) for poll in ThemePoll.objects.open_at(timezone.now())[:20]]


def _without_vote(choice: str) -> Any:
    voted = Vote.objects.filter(poll=int(choice), partner=OuterRef("pk"))
    return Partner.objects.listed().filter(~Exists(voted))


# Whom staff remind.
POLL_SEGMENTS = {
    "meetings.not_voted": segment(gettext_lazy("テーマの投票がまだの団体"), _open_choices, _without_vote),
}
