"""What partners and the room are asked: a theme poll, surveys of a meeting and of all partners, and a board for each
programme. Invented.
"""

from datetime import datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from meetings.models import (
    AnonymousReply,
    Backing,
    Board,
    Choice,
    Idea,
    LiveAnswer,
    LiveQuestion,
    Meeting,
    PollOption,
    Reply,
    Seat,
    Survey,
    SurveyQuestion,
    ThemePoll,
    Ticket,
    Vote,
)
from meetings.states import IdeaState, SurveyState
from partners.models import Member, Partner
from partners.states import PartnerState
from portal.accounts.models import User

OPTIONS = [
    ("食品ロスを減らす", "売れ残りや規格外の食べものを活かす取組"),
    ("外国につながる人とともに", "職場と地域の受け入れ、日本語の学び"),
    ("空き家と空き店舗を活かす", ""),
    ("災害にそなえる", "事業の継続と、地域の助け合い"),
]

QUESTIONS = [
    ("今日の交流会に満足しましたか", SurveyQuestion.Kind.SCALE, ["不満", "満足"]),
    ("よかったもの", SurveyQuestion.Kind.SEVERAL, ["事例の紹介", "少人数の対話", "募集の紹介", "名刺交換"]),
    ("次に取り上げてほしいこと", SurveyQuestion.Kind.TEXT, []),
]
YEARLY = [
    ("登録してよかったと思いますか", SurveyQuestion.Kind.SCALE, ["思わない", "思う"]),
    (
        "この1年で取り組んだこと",
        SurveyQuestion.Kind.SEVERAL,
        ["社内の取組", "地域での活動", "ほかの団体との協働", "情報の発信"],
    ),
    ("事業へのご意見", SurveyQuestion.Kind.TEXT, []),
]
OPINIONS = {
    3: "近い地域の団体と知り合える会を、もっと増やしてほしい。",
    11: "報告の書き方の見本があると助かります。",
    20: "オンラインで参加できる会がよかったです。",
}
IDEAS = [
    (Idea.Kind.QUESTION, "発電した電気は、どこへ売っていますか", "", 6),
    (Idea.Kind.IDEA, "学校の屋根を、地域で借りて使えないでしょうか", "みどり", 9),
    (Idea.Kind.QUESTION, "はじめるとき、いちばん大変だったことは何ですか", "", 3),
]


def load() -> None:
    """Inside the programme's scope, after its meetings."""
    if ThemePoll.objects.exists():
        return
    user = User.objects.filter(pk__in=Member.objects.values("user")).order_by("pk")[0]
    _poll(user)
    _survey()
    _open_survey()
    _survey_of_partners()
    _board()


def _poll(user: User) -> None:
    poll = ThemePoll.objects.create(
        title="来年度の交流会で取り上げたいテーマ", state=SurveyState.OPEN, closes_at=evening(21),
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


def _open_survey() -> None:
    """About the same meeting; whoever signs in to the demo as an owner has not answered yet."""
    meeting = Meeting.objects.past(timezone.now()).first()
    member = Member.objects.active().filter(user__email__startswith="owner@").select_related("user").first()
    if meeting is None or member is None:
        return
    survey = Survey.objects.create(
        title="運営についてのアンケート", meeting=meeting, text="3分ほどで終わります。ご意見を、次の会に活かします。",
        closes_at=evening(10), state=SurveyState.OPEN,
    )  # fmt: skip
    _ask(survey, QUESTIONS)
    came = Seat.objects.filter(meeting=meeting, attended_at__isnull=False).select_related("sign_up")
    tickets = [
        Ticket(survey=survey, partner_id=seat.sign_up.partner_id, name=seat.name, email=seat.email) for seat in came
    ]
    own = Ticket(survey=survey, partner_id=member.partner_id, name=member.name, email=member.user.email)
    Ticket.objects.bulk_create([*tickets, own])


def _survey_of_partners() -> None:
    """The yearly one, of some dozens. The first ones are those who sign in to the demo: they have not answered yet."""
    survey = Survey.objects.create(
        title="登録パートナーの取組についてのアンケート", segment="partners", is_anonymous=False,
        text="みなさまの取組と、事業へのご意見をうかがいます。結果は集計して、次の年度の計画に活かします。",
        closes_at=evening(18), state=SurveyState.OPEN,
    )  # fmt: skip
    scale, several, text = _ask(survey, YEARLY)
    partners = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")[:64]
    tickets = Ticket.objects.bulk_create(
        Ticket(survey=survey, partner=partner, has_answered=number >= 8 and number % 9 != 4)
        for number, partner in enumerate(partners)
    )
    Reply.objects.bulk_create(
        Reply(
            ticket=ticket,
            answers={
                str(scale.pk): "5443524"[number % 7],
                str(several.pk): several.choices[number % 3 : number % 3 + 1 + number % 2],
                str(text.pk): OPINIONS.get(number, ""),
            },
        )
        for number, ticket in enumerate(ticket for ticket in tickets if ticket.has_answered)
    )


def _ask(survey: Survey, questions: list[tuple[str, SurveyQuestion.Kind, list[str]]]) -> list[SurveyQuestion]:
    return SurveyQuestion.objects.bulk_create(
        SurveyQuestion(survey=survey, text=words, kind=kind, choices=choices, position=position)
        for position, (words, kind, choices) in enumerate(questions)
    )


def _survey() -> None:
    """About the last meeting that is over, closed with enough answers; without one, a template for the next."""
    meeting = Meeting.objects.past(timezone.now()).first()
    survey = Survey.objects.create(
        title="交流会のアンケート", meeting=meeting, text="5分ほどで終わります。次の会をよりよくするためにお聞かせください。",
        closes_at=timezone.now() - timedelta(days=1) if meeting else None,
        state=SurveyState.CLOSED if meeting else SurveyState.DRAFT,
    )  # fmt: skip
    scale, several, text = _ask(survey, QUESTIONS)
    if meeting is None:
        return
    came = list(Seat.objects.filter(meeting=meeting, attended_at__isnull=False).select_related("sign_up"))
    Ticket.objects.bulk_create(
        Ticket(
            survey=survey,
            partner_id=seat.sign_up.partner_id,
            name=seat.name,
            email=seat.email,
            has_answered=number != 3,
        )
        for number, seat in enumerate(came)
    )
    AnonymousReply.objects.bulk_create(
        AnonymousReply(
            survey=survey,
            answers={
                str(scale.pk): str(3 + number % 3),
                str(several.pk): several.choices[: 1 + number % 3],
                str(text.pk): "空き家の活用" if number == 2 else "",
            },
        )
        for number in range(len(came) - 1)
    )


def _board() -> None:
    """Of the next meeting, open: what the room would send."""
    meeting = Meeting.objects.upcoming(timezone.now())[0]
    board = Board.objects.create(
        title="みなさんの質問とアイデア", meeting=meeting, text="お話を聞きながら、思いついたことをお送りください。",
        state=SurveyState.OPEN,
    )  # fmt: skip
    ideas = Idea.objects.bulk_create(
        Idea(board=board, kind=kind, text=text, name=name, state=IdeaState.SHOWN, form_key=uuid4())
        for kind, text, name, _backed in IDEAS
    )
    Idea.objects.create(
        board=board,
        kind=Idea.Kind.QUESTION,
        text="資料は、あとからいただけますか",
        state=IdeaState.WAITING,
        form_key=uuid4(),
    )
    Backing.objects.bulk_create(
        Backing(idea=idea, device=f"{number:032x}")
        for idea, (*_rest, backed) in zip(ideas, IDEAS, strict=True)
        for number in range(backed)
    )
    question = LiveQuestion.objects.create(
        board=board,
        text="交流会への参加は何回目ですか",
        choices=["はじめて", "2回目", "3回目から"],
        state=SurveyState.OPEN,
    )
    LiveAnswer.objects.bulk_create(
        LiveAnswer(question=question, device=f"{number:032x}", choice=number * number % 3) for number in range(14)
    )


def evening(days: int) -> datetime:
    """Half past five, so many days from today."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time(17, 30), timezone.get_default_timezone())
