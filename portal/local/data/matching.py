"""Demo data of matching: postings of every kind and state, what was answered, and what came of it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from matching.models import (
    Application,
    Collaboration,
    Consent,
    Designation,
    Introduction,
    MatchingSettings,
    Posting,
    Progress,
    Side,
    SideInvitation,
)
from matching.proposal import ALL
from matching.states import ApplicationState, IntroductionState, PostingState
from matching.vocabulary import Reach, Step
from partners.models import Activity, Partner
from partners.search import folded
from partners.services.records import record_activity
from partners.vocabulary.municipalities import regions
from portal.tenancy.models import Feature, Programme

CONTACT = {"contact_name": "山田 花子", "contact_phone": "000-000-0000", "contact_email": "contact@example.jp"}
WHOLE: dict[str, Any] = {
    "title": "規格外野菜を子ども食堂へ届ける「まわるベジ便」",
    "category": "service",
    "methods": ["agreement", "co-hosting"],
    "goals": [2, 11, 12],
    "background": "市内の農家42戸に尋ねたところ、収穫した野菜の約2割が規格外で、年に38トンが畑に戻されています（2025年、自主調査）。一方、市内の子ども食堂17か所のうち11か所が、野菜が足りないと答えました。",
    "voices": "「形が悪いだけで味は同じ。捨てるのはつらい」（農家）\n「旬の野菜を出すと、子どもたちの箸の進み方が違います」（子ども食堂の代表）",
    "theme": "捨てられる野菜と、足りない食卓を、地域の配送でつなぐ",
    "what": "規格外の野菜を週に1回集め、子ども食堂へ届けます。食べ方の紙も添えます。",
    "why": "食品ロスを減らし、子どもの食を支えるためです。",
    "who": "農家20戸から、子ども食堂11か所・のべ600人へ",
    "when": "2027年4月から1年間、毎週木曜日",
    "where": "市内全域。集荷は直売所3か所",
    "how": "帰り便の空きを使って運びます。量と行き先は前日に表で決めます。",
    "how_much": "週に約300kg、年に12トン",
    "asked_people": "仕分けを手伝う方を、週に3人ほど",
    "asked_goods": "冷蔵できる保管場所（6畳ほど）",
    "asked_money": "",
    "asked_information": "食材の扱いに詳しい方の助言",
    "budget": "燃料と箱の代金 48万円、仕分けの人件費 60万円、保険と事務の間接費 12万円、計120万円。半分を当社が負担します。",
    "track_record": "2025年の秋に2か月の試行を行い、1.8トンを届けました。",
    "brings": ["goods", "facilities", "progress"],
    "seeks": ["place", "people", "guidance"],
    "checks": ["own-strength", "own-purpose", "own-people", "other-values", "other-gain", "other-culture"],
}
WISHES = [
    ("屋根を借りて太陽光発電を始めたい", "equipment", [7, 13], "使っていない屋根を、地域の電気に変える", "日当たりのよい200㎡以上の屋根"),
    ("海岸清掃で拾ったごみを数える仲間を募集", "event", [14], "拾って終わりにせず、数えて公開する", "月に一度、5人ほど"),
    ("端材を使う木工教室をいっしょに", "materials", [4, 12, 15], "製材の端材を、子どもの作品に変える", "端材と、教える方"),
    ("高校生の小型風力発電機を街路灯に", "research", [4, 7, 9], "学校の設計を、商店街で試す", "設置する場所と安全の確認"),
    ("やさしい日本語の商品案内をつくりたい", "npo", [10, 16], "だれにでも伝わる売り場にする", "文案を見てくださる団体"),
    ("障害のある方の焼き菓子の販路を広げたい", "sales", [8, 10], "作る力を、買う人へつなぐ", "店頭や催しの販売の場"),
]  # fmt: skip


def load(programme: Programme) -> None:
    if not programme.has(Feature.MATCHING) or Posting.objects.exists():
        return
    partners = list(Partner.objects.listed().order_by("number")[:12])
    areas = regions(programme.prefecture_code)
    whole = post(partners[0], PostingState.LISTED, 20, region=areas[0] if areas else "", **WHOLE)
    shorts = [
        post(
            partners[number + 2], PostingState.LISTED, 3 * number + 2, is_short=True, title=title, category=category,
            goals=goals, theme=theme, asked_goods=asked, what=theme, when="来年の春から", methods=["co-hosting"],
        )
        for number, (title, category, goals, theme, asked) in enumerate(WISHES)
    ]  # fmt: skip
    named = post(
        partners[3],
        PostingState.LISTED,
        5,
        reach=Reach.NAMED,
        **(WHOLE | {"title": "社員食堂で地元の野菜を使う共同企画"}),
    )
    Designation.objects.create(posting=named, partner=partners[0])
    post(partners[1], PostingState.SUBMITTED, 1, **(WHOLE | {"title": "空き店舗を使う週末の子ども工房"}))
    post(partners[0], PostingState.DRAFT, 0, is_short=True, title="通いの場で使う手すりを探しています")
    answer(whole, partners[4], ApplicationState.SENT, 2)
    answer(whole, partners[5], ApplicationState.TALKING, 9)
    answer(shorts[1], partners[0], ApplicationState.ACCEPTED, 12)
    Posting.objects.filter(pk=whole.pk).update(state=PostingState.IN_TALKS)
    Posting.objects.filter(pk=shorts[1].pk).update(state=PostingState.AGREED)
    introduce(
        partners[0],
        partners[6],
        3,
        note="地元の食材を使いたい方と、運べる方です。海辺の取組でも力を合わせられそうです。",
    )
    agreed = introduce(
        partners[0], partners[8], 20, IntroductionState.AGREED, note="どちらも、若い方の学びの場を探しておられます。"
    )
    for partner in (agreed.first, agreed.second):
        Consent.objects.create(
            introduction=agreed, partner=partner, agrees=True, answered_at=agreed.proposed_at + timedelta(days=3), **CONTACT
        )  # fmt: skip
    record = Collaboration.objects.create(
        introduction=agreed, title="放課後の商店街まなびば", started_on=timezone.localdate() - timedelta(days=12),
        purpose="学校の外に、若い方が仕事と地域を知る場をつくります。", target="月2回、のべ120人",
        target_on=timezone.localdate() + timedelta(days=120), measures="参加者の数と、終わったあとのアンケート",
        plan_revision=1,
    )  # fmt: skip
    for partner in (agreed.first, agreed.second):
        Side.objects.create(collaboration=record, partner=partner, agreed_revision=1)
    Progress.objects.create(
        collaboration=record, partner=agreed.second, step=Step.TALK, on=record.started_on,
        text="顔合わせをしました。会場は商店街の空き店舗を借ります。", figure="参加 8人",
    )  # fmt: skip
    SideInvitation.objects.create(
        collaboration=record,
        partner=partners[7],
        asking=partners[0],
        note="会場の飾りつけを、いっしょにお願いできませんか。",
    )
    introduce(
        partners[2], partners[9], 40, IntroductionState.LAPSED, note="同じ地域で、同じ目標に取り組んでおられます。"
    )
    MatchingSettings.objects.update_or_create(defaults={"most_designees": 3})
    asking = post(
        partners[0], PostingState.DRAFT, 1, reach=Reach.OPEN_AND_NAMED,
        **(WHOLE | {"title": "まわるベジ便の冷蔵庫と配達を分け合う仲間へ"}),
    )  # fmt: skip
    for partner in (partners[5], partners[8]):
        Designation.objects.create(posting=asking, partner=partner)


def post(partner: Partner, state: PostingState, days: int, **fields: Any) -> Posting:
    now = timezone.now()
    then = now - timedelta(days=days)
    posting = Posting(partner=partner, state=state, created_at=then, **(CONTACT | fields))
    if state != PostingState.DRAFT:
        posting.submitted_at = then
    if state == PostingState.LISTED:
        posting.listed_at = then
        posting.listed_until = timezone.localdate(then) + timedelta(days=90)
        posting.checked_title, posting.first_listed_at = posting.title, then
    posting.folded = folded([posting.title, *(getattr(posting, name) for name in ALL), partner.name])
    posting.save()
    if state == PostingState.LISTED:
        record_activity(
            partner=partner, kind=Activity.Kind.MATCHING, title=f"「{posting}」の募集を公開"[:200],
            key=f"posting:{posting.pk}", on=timezone.localdate(then), path=f"/mypage/matching/postings/{posting.pk}/",
        )  # fmt: skip
    return posting


def introduce(
    one: Partner, other: Partner, days: int, state: IntroductionState = IntroductionState.PROPOSED, note: str = ""
) -> Introduction:
    now = timezone.now()
    then = now - timedelta(days=days)
    first, second = sorted([one, other], key=lambda partner: partner.pk)
    return Introduction.objects.create(
        first=first, second=second, state=state, note=note, proposed_at=then,
        answer_until=timezone.localdate(then) + timedelta(days=14),
        ended_at=None if state == IntroductionState.PROPOSED else min(now, then + timedelta(days=15)),
    )  # fmt: skip


def answer(posting: Posting, partner: Partner, state: ApplicationState, days: int) -> Application:
    then = timezone.now() - timedelta(days=days)
    application = Application.objects.create(
        posting=posting, partner=partner, state=state, sent_at=then,
        message="記事を拝見しました。同じ課題に取り組んでおり、力を合わせられると思います。", method="co-hosting",
        duties="私たち：場所と人。\n貴団体：企画と進行。", **CONTACT,
        answered_at=None if state == ApplicationState.SENT else then + timedelta(days=2),
        talks_at=None if state == ApplicationState.SENT else then + timedelta(days=2),
        accepted_at=then + timedelta(days=5) if state == ApplicationState.ACCEPTED else None,
        answer="" if state == ApplicationState.SENT else "ありがとうございます。ぜひお話ししましょう。",
    )  # fmt: skip
    record_activity(
        partner=partner, kind=Activity.Kind.MATCHING, title=f"「{posting}」に応募"[:200],
        key=f"application:{application.pk}", on=timezone.localdate(then),
        path=f"/mypage/matching/applications/{application.pk}/",
    )  # fmt: skip
    return application
