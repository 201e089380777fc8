"""Meetings of the three programmes: some to come, one that is full, some that were. Invented, with real kinds and rules."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from meetings.models import (
    GroupResult,
    JoiningDetails,
    LocalGroup,
    Meeting,
    MeetingSettings,
    ProgrammeItem,
    Question,
    Seat,
    SignUp,
    Talk,
    Theme,
    Video,
)
from meetings.rules import closing_of
from meetings.states import MeetingState, SeatState, TalkState
from partners.models import Member, Partner
from partners.states import PartnerState
from partners.vocabulary.municipalities import regions
from portal.accounts.models import User
from portal.local.data import consultations
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import current_programme
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, next_open_day

KIND, FORMAT, SEEN = Meeting.Kind, Meeting.Format, Meeting.Visibility
# Days from today, the hour, hours, and what differs.
MEETINGS: dict[str, list[tuple[int, int, float, dict[str, Any]]]] = {
    "kanagawa": [
        (
            19, 13, 3,
            {
                "kind": KIND.PARTNER, "title": "第3回 パートナー交流会「地域の再生可能エネルギーを、ともに育てる」",
                "theme_label": "12月のテーマ：エネルギー", "visibility": SEEN.PUBLIC, "format": FORMAT.HYBRID,
                "venue": "かながわ県民交流センター 3階 大会議室", "venue_address": "横浜市中区日本大通0番　駅の北口から徒歩6分",
                "onsite_capacity": 12, "doors_at": time(12, 30), "audience": "登録パートナーの担当者", "goals": [7, 11, 13, 17],
                "summary": "先に取り組んだ3団体の事例を聞き、組める相手を少人数の対話で見つけます。",
                "text": "県内では、工場の屋根や農業用水路を使った小さな発電が増えています。今回の交流会では、先に取り組んだ3団体の事例を聞き、"
                "資金・人材・設備のそれぞれで組める相手を、少人数の対話で見つけます。\n\n希望する方は、当日の終わりに自団体の募集を1分で紹介できます。",
            },
        ),
        (
            5, 14, 1.5,
            {
                "kind": KIND.LOCAL, "title": "県央地域会「はじめの顔合わせ」", "visibility": SEEN.PARTNERS, "online_capacity": 40,
                "summary": "県央地域のパートナーどうしで、地域の課題を話し合います。",
            },
        ),
        (
            33, 10, 1,
            {
                "kind": KIND.EXPLANATION, "title": "新しく登録した方への説明会", "visibility": SEEN.PUBLIC,
                "summary": "マイページの使い方と、一年の予定をご説明します。",
            },
        ),
        (
            -24, 15, 2,
            {
                "kind": KIND.PARTNER, "title": "第2回 パートナー交流会「人を育てる」", "theme_label": "10月のテーマ：教育",
                "visibility": SEEN.PUBLIC, "goals": [4, 8],
            },
        ),
    ],
    "tokyo": [
        (12, 18, 2, {"kind": KIND.SEMINAR, "title": "価格交渉の進め方セミナー", "visibility": SEEN.PUBLIC, "online_capacity": 100}),
        (
            8, 13, 3,
            {
                "kind": KIND.WORKSHOP, "title": "図面の読み書き入門", "visibility": SEEN.PARTNERS, "format": FORMAT.ONSITE,
                "venue": "城東支社 研修室", "onsite_capacity": 2,
            },
        ),
    ],
    "yamaguchi": [
        (
            26, 18, 2,
            {
                "kind": KIND.WORKSHOP, "title": "企業と団体の出会いのワークショップ", "visibility": SEEN.PUBLIC,
                "format": FORMAT.HYBRID, "venue": "やまぐち県民活動支援センター", "onsite_capacity": 30,
            },
        ),
    ],
}  # fmt: skip
THEMES = [
    ("地域の再生可能エネルギー", "屋根や水路を使った小さな発電、省エネの工夫など。"),
    ("人を育てる", "学校や団体といっしょに進める人材育成など。"),
]
TALKS = ["屋根で電気をつくり、地域に返す", "水路の発電をはじめるまで", "木くずから生まれる熱"]
PROGRAMME = [
    (time(13, 0), "開会のあいさつ", "事務局"),
    (time(13, 10), "事例の紹介：屋根・水路・木くずを電気に", "登録パートナー3団体"),
    (time(14, 10), "少人数の対話（6名ずつ、20分を2回）", "進行：地域デザイン研究室"),
    (time(15, 0), "募集の1分紹介", ""),
    (time(15, 30), "名刺交換と個別相談", "金融機関・県の補助金担当が同席します"),
]


def load(programme: Programme) -> None:
    """Inside the programme's scope, after its people."""
    if Meeting.objects.exists():
        return
    settings = MeetingSettings.objects.create()
    made = [_meeting(settings, *row) for row in MEETINGS[programme.slug]]
    first = made[0]
    ProgrammeItem.objects.bulk_create(
        ProgrammeItem(meeting=first, at=at, title=title, who=who) for at, title, who in PROGRAMME
    )
    Question.objects.create(
        meeting=first, text="相談したいこと", kind=Question.Kind.SEVERAL, choices=["資金", "人材", "設備", "広報"]
    )
    Question.objects.create(meeting=first, text="手話通訳などの配慮が必要な方は、お書きください")
    for meeting in made:
        if meeting.format != FORMAT.ONSITE:
            JoiningDetails.objects.create(
                meeting=meeting, url=f"https://meet.example.jp/j/{meeting.pk}", room="000 0000 0000", passcode="000000"
            )
    if programme.has(Feature.LOCAL_GROUPS):
        _groups(made)
    _people(made)
    _talks(first)
    _videos(made)
    consultations.load(programme)


def _meeting(settings: MeetingSettings, days: int, hour: int, hours: float, values: dict[str, Any]) -> Meeting:
    day = next_open_day(timezone.localdate() + timedelta(days=days), ORDINARY_CLOSED_DAYS)
    starts_at = timezone.make_aware(datetime.combine(day, time(hour)))
    if values["kind"] == KIND.LOCAL:
        values = values | {"region": _home_region()}
    return Meeting.objects.create(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        closes_at=closing_of(starts_at, settings.closing_rule),
        state=MeetingState.PUBLISHED,
        **values,
    )


def _home_region() -> str:
    """Of the group that has met: Kanagawa's middle, elsewhere the first."""
    names = regions(current_programme().prefecture_code)
    return "県央地域" if "県央地域" in names else names[0]


def _groups(meetings: list[Meeting]) -> None:
    """One for each region, and one that anybody may join; one has met and brought something."""
    names = regions(current_programme().prefecture_code)
    groups = [
        LocalGroup.objects.create(
            name=f"{name.removesuffix('地域')}地域会", region=name, position=position,
            summary=f"{name}のパートナーで、およそ月に1回、オンラインで集まっています。",
        )
        for position, name in enumerate(names)
    ]  # fmt: skip
    LocalGroup.objects.create(
        name="海辺の地域会", position=len(groups), summary="海に面したまちの団体が、海洋ごみを減らす取組を持ち寄ります。",
        text="## めざすこと\n拾うだけで終わらせず、出さないしくみをつくります。\n\n## 集まり方\n- 月に1回、オンラインで90分\n- 年に2回、海辺で",
    )  # fmt: skip
    past = next(meeting for meeting in meetings if meeting.ends_at < timezone.now())
    home = next(group for group in groups if group.region == _home_region())
    for meeting in meetings:
        if meeting.kind == KIND.LOCAL:
            meeting.group = home
            meeting.save(update_fields=["group"])
    GroupResult.objects.create(
        group=home, meeting=past, title="空き店舗を、学びの場に", audience=GroupResult.Audience.PUBLIC, is_shown=True,
        text="## 話し合ったこと\n駅前の空き店舗を、放課後の学びの場にできないかを4回話し合いました。\n\n"
        "## 決まったこと\n- 来年度に3か月だけ試します\n- 場所は不動産会社、見守りは学生団体が受け持ちます",
    )  # fmt: skip


def _videos(meetings: list[Meeting]) -> None:
    for meeting in meetings:
        if meeting.ends_at < timezone.now():
            Video.objects.create(
                title=f"録画：{meeting.title}", url=f"https://video.example.jp/{meeting.pk}", meeting=meeting, minutes=85,
                recorded_on=timezone.localdate(meeting.starts_at), audience=Video.Audience.PUBLIC, has_captions=True,
                summary="当日の発表と意見交換の録画です。", transcript="## 開会\nみなさま、こんにちは。\n\n## 発表\n取組をご紹介します。",
            )  # fmt: skip


def _talks(meeting: Meeting) -> None:
    themes = [
        Theme.objects.create(title=title, text=text, position=position) for position, (title, text) in enumerate(THEMES)
    ]
    partners = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")[:3]
    user = User.objects.filter(pk__in=Member.objects.values("user")).order_by("pk")[0]
    states = [TalkState.CONFIRMED, TalkState.SCHEDULING, TalkState.APPLIED]
    for partner, state, title in zip(partners, states, TALKS, strict=True):
        is_placed = state != TalkState.APPLIED
        Talk.objects.create(
            partner=partner, theme=themes[0], title=title, speaker=partner.contact_name or "山田 花子", asked_by=user,
            summary="はじめたきっかけ、うまくいったこと、いま探している相手をお話しします。", state=state,
            meeting=meeting if is_placed else None, at=time(13, 10) if is_placed else None,
            materials_due_on=timezone.localdate(meeting.starts_at) - timedelta(days=7) if is_placed else None,
        )  # fmt: skip


def _people(meetings: list[Meeting]) -> None:
    """A few partners in each; what is small is full, and somebody waits."""
    partners = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")[:12]
    user = User.objects.filter(pk__in=Member.objects.values("user")).order_by("pk")[0]
    for meeting in meetings:
        mode = meeting.modes[0]
        for number, partner in enumerate(partners):
            booking = SignUp.objects.create(meeting=meeting, partner=partner, made_by=user)
            capacity = meeting.capacity(mode)
            is_full = capacity is not None and number >= capacity
            is_over = meeting.ends_at < timezone.now()
            Seat.objects.create(
                sign_up=booking,
                meeting=meeting,
                name=partner.contact_name or "山田 花子",
                email=f"person.{partner.pk}@example.jp",
                mode=mode,
                state=SeatState.WAITING if is_full else SeatState.CONFIRMED,
                attended_at=meeting.starts_at if is_over else None,
            )
