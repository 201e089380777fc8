"""The theme poll: opened and closed by staff, voted in by organisations, and what comes of it."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Choice, PollOption, Theme, ThemePoll, Vote
from meetings.services.seats import refuse_who_may_not_take_part
from meetings.services.steps import Overtaken, move_survey
from meetings.states import SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.notices.models import Mailing
from portal.web.access import Actor, only_staff
from portal.web.dates import long_moment
from portal.web.links import absolute_url


@transaction.atomic
def cast_vote(
    *,
    poll_id: int,
    options: Collection[int],
    suggestion: str,
    seen: int,
    actor: Actor,
    now: datetime | None = None,
) -> Vote:
    """The organisation's vote, or another in its place. `seen` is the revision that was on the page, 0 for none."""
    refuse_who_may_not_take_part(actor)
    # Closing waits for this vote, or this vote for the closing; so does a colleague's.
    poll = lock_poll(poll_id)
    if not poll.is_open_at(now or timezone.now()):
        raise ValidationError(_("この投票は締め切りました。"))
    chosen = list(PollOption.objects.filter(poll=poll, pk__in=options))
    _refuse_bad_choice(poll, chosen, suggestion)
    vote = Vote.objects.filter(poll=poll, partner=actor.place.partner_id).first()
    if (vote.revision if vote else 0) != seen:
        if vote and _says(vote, chosen, suggestion):
            return vote  # the same form, sent twice
        words = _("入力のあいだに、同じ団体の方の投票がありました。いまの投票を確かめて、もう一度送信してください。")
        raise Overtaken(words, vote.revision if vote else 0)
    if vote is None:
        vote = Vote(poll=poll, partner_id=actor.place.partner_id, revision=0)
    vote.suggestion, vote.cast_by, vote.cast_at = suggestion, actor.user, timezone.now()
    vote.revision += 1
    vote.save()
    vote.choices.all().delete()
    Choice.objects.bulk_create(Choice(vote=vote, option=option) for option in chosen)
    record_event(action=Action.VOTE_CAST, subject=vote, actor=actor.user, changes={"rows": (None, len(chosen))})
    return vote


def _refuse_bad_choice(poll: ThemePoll, chosen: Collection[PollOption], suggestion: str) -> None:
    if len(chosen) > poll.most_choices:
        raise ValidationError({"options": _("%d個まで選べます。") % poll.most_choices})
    if not chosen and not (suggestion and poll.takes_suggestions):
        raise ValidationError({"options": _("テーマを1つ以上選んでください。")})


def _says(vote: Vote, chosen: Collection[PollOption], suggestion: str) -> bool:
    named = set(vote.choices.values_list("option", flat=True))
    return named == {option.pk for option in chosen} and vote.suggestion == suggestion


@transaction.atomic
def save_poll(*, poll: ThemePoll, actor: Actor) -> None:
    """Only before it opens: what was voted on does not change afterwards."""
    only_staff(actor)
    if poll.pk is not None and lock_poll(poll.pk).state != SurveyState.DRAFT:
        raise ValidationError(_("受付を始めた投票は、書き換えられません。"))
    poll.save()


@transaction.atomic
def open_poll(*, poll: ThemePoll, actor: Actor) -> None:
    only_staff(actor)
    poll = lock_poll(poll.pk)
    if poll.options.count() < 2:
        raise ValidationError(_("候補のテーマを、2つ以上入力してください。"))
    if poll.closes_at <= timezone.now():
        raise ValidationError(_("締切は、これからの日時にしてください。"))
    move_survey(poll, SurveyState.OPEN, actor)


@transaction.atomic
def close_poll(*, poll: ThemePoll, actor: Actor) -> None:
    only_staff(actor)
    move_survey(lock_poll(poll.pk), SurveyState.CLOSED, actor)


@transaction.atomic
def extend_poll(*, poll: ThemePoll, closes_at: datetime, actor: Actor) -> None:
    """Another deadline, while votes are still taken: once it is over, its result may have been seen."""
    only_staff(actor)
    poll = lock_poll(poll.pk)
    now = timezone.now()
    if not poll.is_open_at(now):
        raise ValidationError(_("この投票は締め切りました。"))
    if closes_at <= now:
        raise ValidationError(_("締切は、これからの日時にしてください。"))
    before, poll.closes_at = poll.closes_at, closes_at
    poll.save(update_fields=["closes_at"])
    record_event(action=Action.SURVEY_MOVED, subject=poll, actor=actor.user, changes={"closes_at": (before, closes_at)})


@transaction.atomic
def choose_themes(*, poll: ThemePoll, options: Collection[PollOption], actor: Actor) -> list[Theme]:
    """What was wished for becomes what the programme looks for speakers on. A theme is made once for each option."""
    only_staff(actor)
    poll = lock_poll(poll.pk)
    if not poll.is_over_at(timezone.now()):
        raise ValidationError(_("投票を締め切ってから、テーマを決めてください。"))
    last: int = Theme.objects.aggregate(last=Max("position"))["last"] or 0
    made: list[Theme] = []
    for option in PollOption.objects.filter(poll=poll, pk__in=[option.pk for option in options], theme=None):
        option.theme = Theme.objects.create(title=option.title, text=option.text, position=last + len(made) + 1)
        option.save(update_fields=["theme"])
        made.append(option.theme)
    if made:
        names = "、".join(theme.title for theme in made)
        record_event(action=Action.THEMES_CHOSEN, subject=poll, actor=actor.user, changes={"themes": (None, names)})
    return made


@transaction.atomic
def draft_poll_mailing(*, poll: ThemePoll, segment: str, choice: str, actor: Actor) -> Mailing:
    """A mailing about the poll, to be read over, counted and started like any other."""
    only_staff(actor)
    lines = [
        "{団体名}\n{氏名} 様",
        _("「%s」の投票のお願いです。1つの団体につき1票です。締切までは、何度でも変えられます。") % poll.title,
        poll.text,
        _("締切：%s") % long_moment(timezone.localtime(poll.closes_at)),
        absolute_url(reverse("my_meetings:poll", args=[poll.pk])),
    ]
    mailing = Mailing(
        subject=poll.title[:40], text="\n\n".join(line for line in lines if line), segment=segment, choice=choice,
        written_by=actor.user,
    )  # fmt: skip
    mailing.full_clean()
    mailing.save()
    record_event(
        action=Action.ROW_ADDED, subject=mailing, actor=actor.user, changes={"subject": (None, mailing.subject)}
    )
    return mailing


def lock_poll(poll_id: int) -> ThemePoll:
    poll: ThemePoll = ThemePoll.objects.select_for_update(of=("self",)).get(pk=poll_id)
    return poll
