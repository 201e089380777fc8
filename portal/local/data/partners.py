"""Invented partners for the directory: a few written by hand, and a crowd put together from parts. Always the same."""

import random
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from partners.intake import month_end, months_before
from partners.models import Batch, Partner, RegistrationSettings
from partners.services.records import show_partners
from partners.states import PartnerState
from partners.vocabulary.industries import GROUPS_OF
from partners.vocabulary.kinds import Kind, PolicyTheme
from partners.vocabulary.municipalities import municipalities
from partners.vocabulary.roles import OF_COMPANIES, OF_GROUPS
from portal.local.data import registration
from portal.tenancy.models import Programme

CROWD = {"kanagawa": 180, "tokyo": 90, "yamaguchi": 60}
# The seven cohorts of Kanagawa, by the day of their approval.
COHORTS = [
    date(2019, 4, 23), date(2019, 10, 3), date(2020, 4, 13), date(2020, 10, 19), date(2021, 5, 26), date(2022, 5, 26),
    date(2022, 12, 22),
]  # fmt: skip
# Registered since by the month, until the month before last.
NEWCOMERS = [3, 2, 5, 1, 4, 6, 2, 3, 1, 5, 4]

# name, reading, in Latin letters
PLACES = [
    ("青葉", "アオバ", "Aoba"), ("若草", "ワカクサ", "Wakakusa"), ("緑ヶ丘", "ミドリガオカ", "Midorigaoka"),
    ("浜風", "ハマカゼ", "Hamakaze"), ("川辺", "カワベ", "Kawabe"), ("山手", "ヤマテ", "Yamate"),
    ("潮騒", "シオサイ", "Shiosai"), ("桜台", "サクラダイ", "Sakuradai"), ("朝日", "アサヒ", "Asahi"),
    ("富士見", "フジミ", "Fujimi"), ("松原", "マツバラ", "Matsubara"), ("白鳥", "シラトリ", "Shiratori"),
    ("髙﨑", "タカサキ", "Takasaki"), ("虹", "ニジ", "Niji"), ("灯台", "トウダイ", "Todai"),
    ("月見", "ツキミ", "Tsukimi"),
]  # fmt: skip
# business, reading, division of industry, what it does
TRADES = [
    (
        "ソーラー",
        "ソーラー",
        "F",
        "工場や学校の屋根を借りて太陽光発電を行い、売電の一部を地域の子ども食堂に寄付しています。",
        [7, 11, 13],
    ),
    (
        "製材所",
        "セイザイショ",
        "E",
        "製材で出る端材を木質燃料に加工し、市内の温浴施設と福祉施設へ届けています。",
        [7, 12, 15],
    ),
    ("食品", "ショクヒン", "E", "規格外の野菜を加工して学校給食に納め、食品ロスを年間12トン減らしました。", [2, 12]),
    (
        "印刷",
        "インサツ",
        "E",
        "色の見分けにくい人にも読める広報物を、自治会や学校と一緒につくっています。",
        [4, 10, 12],
    ),
    ("運輸", "ウンユ", "H", "配送車を電気自動車に替え、空いた時間に高齢者の買い物を手伝っています。", [3, 11, 13]),
    (
        "信用組合",
        "シンヨウクミアイ",
        "J",
        "省エネ設備に使える低利の融資と、専門家の無料診断を組み合わせて中小企業を支えています。",
        [7, 8, 9],
    ),
    (
        "システム",
        "システム",
        "G",
        "障害のある人が在宅で働ける開発チームをつくり、地域の店の予約の仕組みを手がけています。",
        [8, 9, 10],
    ),
    ("建設", "ケンセツ", "D", "空き家を直して子育て世帯に貸し、残った建材は工作教室で使っています。", [11, 12]),
    ("水産", "スイサン", "B", "漁で上がるごみを持ち帰り、海藻を植えて藻場を育てています。", [12, 14]),
    ("農園", "ノウエン", "A", "農業体験に子どもたちを招き、収穫した米を子ども食堂へ届けています。", [2, 4, 15]),
    ("旅館", "リョカン", "M", "地元の食材と再生可能エネルギーで宿を営み、地域の歩き方を案内しています。", [7, 8, 11]),
    (
        "介護サービス",
        "カイゴサービス",
        "P",
        "通いの場を開いて未病の改善に取り組み、家族を介護する人の相談にも応じています。",
        [3, 5],
    ),
]
# The trades whose companies have given an English name.
ENGLISH = {"ソーラー": "Solar", "システム": "Systems", "食品": "Foods", "水産": "Fisheries", "旅館": "Ryokan"}
GROUPS = [
    (
        "NPO法人{}みずべの会",
        "{}ミズベノカイ",
        Kind.NPO,
        "川と海岸の清掃を月2回続け、拾ったごみの種類を調べて公開しています。",
        [6, 14, 15],
    ),
    (
        "NPO法人{}こども食堂",
        "{}コドモショクドウ",
        Kind.NPO,
        "週に2回、だれでも来られる食堂を開き、宿題を見る時間も設けています。",
        [1, 2, 4],
    ),
    (
        "{}まちづくり協議会",
        "{}マチヅクリキョウギカイ",
        Kind.GROUP,
        "防災訓練と空き店舗の活用を、商店街と学校と進めています。",
        [11, 16, 17],
    ),
    (
        "{}大学 地域連携センター",
        "{}ダイガクチイキレンケイセンター",
        Kind.SCHOOL,
        "学生と企業が一緒に地域の課題を調べ、解決策を発表しています。",
        [4, 9, 17],
    ),
    (
        "県立{}工業高等学校",
        "ケンリツ{}コウギョウコウトウガッコウ",
        Kind.SCHOOL,
        "生徒が設計した街路灯用の小型風力発電機を、商店街と実証しています。",
        [4, 7],
    ),
    (
        "一般社団法人{}多文化センター",
        "{}タブンカセンター",
        Kind.ASSOCIATION,
        "外国につながる人の暮らしの相談と、やさしい日本語の講座を開いています。",
        [4, 10, 16],
    ),
]


def load(programme: Programme) -> None:
    """Inside the programme's scope. The numbers below 100 are left to the hand-written ones."""
    if Partner.objects.filter(number=101).exists():
        return
    RegistrationSettings.objects.create(**registration.SETTINGS[programme.slug])
    batches = [
        Batch.objects.create(label=f"第{number}期", closes_on=day, approved_on=day)
        for number, day in enumerate(COHORTS, 1)
    ]
    chance = random.Random(programme.slug)  # noqa: S311 - the same crowd each time
    first = 101
    for batch in batches:
        size = CROWD[programme.slug] // len(batches)
        # A few still have to check what was brought over; the demo's people belong to the first ones.
        crowd = [
            Partner(number=number, is_migrated=number < 130 or number % 9 > 0, **make_up(chance, programme))
            for number in range(first, first + size)
        ]
        _register(crowd, batch)
        first += size
    for months, size in zip(range(len(NEWCOMERS) + 1, 1, -1), NEWCOMERS, strict=True):
        closes_on = month_end(months_before(timezone.localtime(), months).date())
        batch = Batch.objects.create(closes_on=closes_on, approved_on=closes_on + timedelta(days=20))
        _register([Partner(number=first + one, **make_up(chance, programme)) for one in range(size)], batch)
        first += size


def _register(crowd: list[Partner], batch: Batch) -> None:
    for partner in crowd:
        partner.batch, partner.approved_on = batch, batch.approved_on
    show_partners(Partner.objects.bulk_create(crowd), on=batch.approved_on)


def make_up(chance: random.Random, programme: Programme) -> dict[str, Any]:
    place, reading, roman = chance.choice(PLACES)
    code = chance.choice(
        [
            code
            for code, one in municipalities(programme.prefecture_code).items()
            if not one.city or chance.random() < 0.2
        ]
    )
    common: dict[str, Any] = {
        "municipality": code,
        "address": f"{chance.randint(1, 9)}丁目{chance.randint(1, 30)}番{chance.randint(1, 20)}号",
        "phone": f"000-{chance.randint(100, 999)}-{chance.randint(1000, 9999)}",
        "contact_name": f"{chance.choice('佐鈴高田伊渡山中小加')}{chance.choice('藤木橋中辺本林村')} {chance.choice(['花子', '太郎', '陽子', '健'])}",
        "contact_email": "contact@example.jp",
        "published_at": "https://www.example.jp/sdgs/",
        "themes": chance.sample(list(PolicyTheme.values), chance.randint(0, 2)),
        "state": PartnerState.REGISTERED,
        "economy": "地域の事業者に仕事を発注し、地域の中でお金が回るようにしています。",
        "society": "地域の学校や福祉施設と、年に数回の催しを開いています。",
        "environment": "使う電気の半分以上を再生可能エネルギーに替えました。",
    }
    if chance.random() < 0.7:
        name, kana, division, summary, goals = chance.choice(TRADES)
        return common | {
            "name": f"{'有限会社' if chance.random() < 0.2 else '株式会社'}{place}{name}",
            "kana": f"{reading}{kana}",
            "name_en": f"{roman} {ENGLISH[name]}" if name in ENGLISH else "",
            "kind": Kind.COMPANY,
            "industry_division": division,
            "industry_group": chance.choice(list(GROUPS_OF[division])),
            "capital": chance.choice([3000, 5000, 10000, 30000, 98000]),
            "employees_regular": chance.randint(1, 240),
            "office_name": "本社",
            "established_on": date(1950, 4, 1) + timedelta(days=chance.randint(0, 26000)),
            "summary": summary,
            "goals": goals,
            "offers": chance.sample(OF_COMPANIES, 2),
            "needs": chance.sample(OF_GROUPS, 1),
        }
    name, kana, kind, summary, goals = chance.choice(GROUPS)
    return common | {
        "name": name.format(place), "kana": kana.format(reading), "kind": kind, "summary": summary, "goals": goals,
        "offers": chance.sample(OF_GROUPS, 2), "needs": chance.sample(OF_COMPANIES, 2),
    }  # fmt: skip
