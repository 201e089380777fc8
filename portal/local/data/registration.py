"""The programmes' rules for registration, and invented applications in every state."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from partners.intake import Rhythm
from partners.models import Application
from partners.queries.registration import checklist_of, fingerprint, registration_settings
from partners.services.registration import (
    approve_application,
    check_application,
    reject_application,
    return_application,
    send_application,
    withdraw_application,
)
from partners.vocabulary.municipalities import municipalities
from portal.accounts.models import StaffAppointment
from portal.tenancy.models import Programme
from portal.web.access import Actor, StaffRole

SETTINGS: dict[str, dict[str, Any]] = {
    "kanagawa": {
        "requirements": [
            {"ja": "経済・社会・環境の三側面すべてに関わる取組を実施していること",
             "en": "Your activities touch the economy, society and the environment."},
            {"ja": "SDGsの取組等を、対外的に公表・発信していること", "en": "You publish your activities."},
            {"ja": "県のSDGsの取組に積極的に参加し、多様なステークホルダーとの連携が図れること",
             "en": "You take part in the prefecture's activities and can work with many kinds of organisation."},
            {"ja": "県内に事業所を有する、または県内で継続的（2か年以上）に事業を実施していること",
             "en": "You have an office in the prefecture, or have done business in it for two years or more."},
        ],
    },
    "tokyo": {
        "rhythm": Rhythm.ROLLING,
        "answer_days": 10,
        "requirements": [
            {"ja": "都内に事業所のある中小企業か個人事業主、または都内で創業を予定していること",
             "en": "You are a small or medium-sized enterprise or sole trader with an office in Tokyo, or plan to start one there."},
            {"ja": "ネットクラブの会員規約に同意すること", "en": "You agree to the rules of the Net Club."},
        ],
    },
    "yamaguchi": {
        "rhythm": Rhythm.QUARTERLY,
        "answer_days": 30,
        "requirements": [
            {"ja": "県内で、組織的に、継続して活動していること",
             "en": "You are active in the prefecture, as an organisation, and continuously."},
            {"ja": "宗教や政治の活動を主な目的とせず、特定の候補者や政党を支持するものでないこと",
             "en": "Your main purpose is neither religious nor political, and you support no candidate or party."},
            {"ja": "目的、活動の内容、これまでの協働の実績を公開できること",
             "en": "You can publish your purpose, your activities and your past collaborations."},
        ],
    },
}  # fmt: skip

TEXTS = {
    "economy": "地域の事業者に仕事を発注し、地域の中でお金が回るようにしています。",
    "society": "地域の学校や福祉施設と、年に数回の催しを開いています。",
    "environment": "使う電気の半分以上を再生可能エネルギーに替えました。",
    "published_at": "https://www.example.jp/sdgs/",
    "contact_phone": "000-000-0000",
}
# name, reading, kind, local part of the address, the contact, its reading
APPLICANTS = [
    ("株式会社汐見デザイン", "シオミデザイン", "company", "shiomi", "汐見 渚", "シオミ ナギサ"),
    ("合同会社はたけ便", "ハタケビン", "company", "hatake", "畑中 実", "ハタナカ ミノル"),
    ("NPO法人ひだまり文庫", "ヒダマリブンコ", "npo", "hidamari", "日向 文", "ヒナタ フミ"),
    ("里山あそびの会", "サトヤマアソビノカイ", "group", "satoyama", "森 陽太", "モリ ヨウタ"),
    ("木村 工", "キムラ タクミ", "sole-trader", "kimura", "木村 工", "キムラ タクミ"),
    ("株式会社やどかり住宅", "ヤドカリジュウタク", "company", "yadokari", "宿 直樹", "ヤド ナオキ"),
    ("一般社団法人おむすび", "オムスビ", "association", "omusubi", "米田 結", "ヨネダ ユイ"),
    ("みなと第三小学校", "ミナトダイサンショウガッコウ", "school", "minato3", "湊 学", "ミナト マナブ"),
    ("株式会社ほしぞら観光", "ホシゾラカンコウ", "company", "hoshizora", "星 あかり", "ホシ アカリ"),
]


def load(programme: Programme) -> None:
    """Inside the programme's scope, after its people."""
    if Application.objects.exists():
        return
    appointment = StaffAppointment.objects.select_related("user").get(role=StaffRole.OFFICER)
    officer = Actor(user=appointment.user, staff_role=StaffRole.OFFICER)
    now = timezone.now()
    applicants = [typed_by(*row, programme=programme) for row in APPLICANTS]
    draft, waiting, checked, late, corrected, returned, rejected, withdrawn, approved = applicants
    draft.data = {name: texts for name, texts in draft.data.items() if name not in TEXTS}
    draft.save()
    send(waiting, now - timedelta(days=1))
    send(checked, now - timedelta(days=3))
    check(checked, officer)
    send(late, now - timedelta(days=100))
    send(corrected, now - timedelta(days=9))
    return_application(application=corrected, reason="町名・番地のあとに、建物の名前も入れてください。", actor=officer)
    corrected.data |= {"address": ["1丁目2番3号 みどりビル2階"]}
    corrected.save()
    send(corrected, now - timedelta(days=2))
    send(returned, now - timedelta(days=12))
    return_application(
        application=returned,
        reason="取組を公表しているページが開けませんでした。開けるアドレスに直してください。",
        actor=officer,
    )
    send(rejected, now - timedelta(days=40))
    reject_application(application=rejected, reason="登録の要件に当てはまることを確認できませんでした。", actor=officer)
    send(withdrawn, now - timedelta(days=20))
    withdraw_application(application=withdrawn)
    send(approved, now - timedelta(days=50))
    check(approved, officer)
    approve_application(application=approved, approved_on=timezone.localdate(now - timedelta(days=15)), actor=officer)


def typed_by(
    name: str, kana: str, kind: str, local_part: str, contact: str, contact_kana: str, *, programme: Programme
) -> Application:
    email = f"{local_part}@applicant.example.jp"
    texts = TEXTS | {
        "name": name, "kana": kana, "kind": kind, "contact_name": contact, "contact_kana": contact_kana, "contact_email": email,
        "address": "1丁目2番3号", "municipality": list(municipalities(programme.prefecture_code))[len(local_part)],
        "summary": f"{name}は、地域の暮らしをよくする活動を続けています。",
    }  # fmt: skip
    if kind == "company":
        texts |= {
            "industry_division": "E", "industry_group": "09", "capital": "5,000", "employees_regular": "8", "office_name": "本社",
        }  # fmt: skip
    requirements = [one["ja"] for one in registration_settings().requirements]
    data = {key: [text] for key, text in texts.items()} | {"goals": ["4", "11", "12"], "requirements": requirements}
    return Application.objects.create(email=email, name=name, data=data)


def send(application: Application, at: datetime) -> None:
    application.refresh_from_db()
    send_application(application=application, seen=fingerprint(application.data), now=at)


def check(application: Application, officer: Actor) -> None:
    check_application(application=application, checked=list(checklist_of(registration_settings())), actor=officer)
