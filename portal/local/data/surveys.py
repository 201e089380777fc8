"""A theme poll for each programme, with a few votes. Invented."""

from datetime import timedelta

from django.utils import timezone

from meetings.models import Choice, PollOption, ThemePoll, Vote
from meetings.states import SurveyState
from partners.models import Member, Partner
from partners.states import PartnerState
from portal.accounts.models import User

OPTIONS = [
    ("食品ロスを減らす", "売れ残りや規格外の食べものを活かす取組"),
    ("外国につながる人とともに", "職場と地域の受け入れ、日本語の学び"),
    ("空き家と空き店舗を活かす", ""),
    ("災害にそなえる", "事業の継続と、地域の助け合い"),
]


def load() -> None:
    """Inside the programme's scope, after its meetings."""
    if ThemePoll.objects.exists():
        return
    user = User.objects.filter(pk__in=Member.objects.values("user")).order_by("pk")[0]
    _poll(user)


def _poll(user: User) -> None:
    poll = ThemePoll.objects.create(
        title="来年度の交流会で取り上げたいテーマ", state=SurveyState.OPEN, closes_at=timezone.now() + timedelta(days=21),
        text="いただいた票をもとに、来年度の交流会のテーマと、登壇の募集を決めます。",
    )  # fmt: skip
    options = PollOption.objects.bulk_create(
        PollOption(poll=poll, title=title, text=text, position=position)
        for position, (title, text) in enumerate(OPTIONS)
    )
    # The first ones are those who sign in to the demo: they have not voted yet.
    partners = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")[8:30]
    votes = Vote.objects.bulk_create(
        Vote(poll=poll, partner=partner, cast_by=user, suggestion="水辺の活用" if number == 3 else "")
        for number, partner in enumerate(partners)
    )
    Choice.objects.bulk_create(
        Choice(vote=vote, option=options[place])
        for number, vote in enumerate(votes)
        for place in {number % len(options), 0 if number % 3 else 2}
    )
