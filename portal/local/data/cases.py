"""Demo data of cases: one with an award, one of a single partner, one that waits for the office and one for a side."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from matching.models import Case, CaseSide
from matching.queries.case_drafts import side_of
from matching.queries.cases import CASE_PHOTOS
from matching.states import CaseState
from partners.models import Activity, Partner
from partners.search import folded
from partners.services.records import record_activity
from partners.vocabulary.municipalities import regions
from portal.files.kinds import PNG, Limits
from portal.files.services import keep_upload, set_files
from portal.tenancy.models import Feature, Programme
from portal.web.dates import fiscal_year_of

SHARED: dict[str, Any] = {
    "title": "浜のごみを数えて減らす「はまカウント」",
    "category": "event",
    "methods": ["co-hosting", "agreement"],
    "goals": [12, 14, 17],
    "outline": "海岸を清掃する団体の「拾っても減らない」という声が出発点です。包装をつくる会社の社員が加わり、拾ったごみを種類ごとに数え、結果を毎月公開しています。\n\n数えて分かった上位の三品目について、会社が包装を見直しました。",
    "results": "一年に12回、のべ480人が参加しました。数えた結果を店頭に掲げたところ、地域の三つの店が包装を減らしました。",
    "figures": "清掃 12回、参加者 のべ480人、集めたごみ 1.4トン、見直した包装 3品目",
    "effect": "浜に流れ着く包装のごみが、前の年の同じ月より約3割減りました。",
    "money": "見直した商品の売上の2％を、清掃の費用に寄附",
    "supporters": "地元の小学校（総合的な学習の時間に参加）\n商店会（結果の掲示）",
}
SIDES: list[dict[str, Any]] = [
    {
        "roles": ["planning", "residents", "social-knowledge"],
        "does": "清掃の企画と当日の進行、数え方の指導、結果の公開",
        "outcomes": ["network", "fame", "know-how"],
        "gains": "続けて参加する人が倍になり、活動の費用の見通しが立ちました。",
        "key_person": "代表 浜 太郎さん",
        "interview": "はじめは「会社の人が来ても一度きりだろう」と思っていました。数えることにしたら、次の月の数字が気になって、みなさん戻ってきてくださる。数字は、立場の違う人をつなぎます。",
        "strengths": "十年分の浜の記録があり、どこに何が流れ着くかを知っています。",
    },
    {
        "roles": ["people", "know-how", "donation"],
        "does": "毎月5人の社員の参加、数える表の作成、包装の見直し",
        "outcomes": ["image", "workplace", "difference"],
        "gains": "部署を越えて社員が話すようになり、新しい包装が商品の特長になりました。",
        "key_person": "商品部 港 みどりさん",
        "interview": "自分たちの包装が浜にあるのを見た日のことは忘れません。責められると思ったら「いっしょに数えませんか」と言われました。",
        "strengths": "包装の材料と費用に詳しく、小さな変更ならひと月で試せます。",
    },
]
ALONE: dict[str, Any] = {
    "title": "社員食堂の野菜くずを堆肥にして、学校の花壇へ",
    "category": "materials",
    "goals": [4, 12, 15],
    "outline": "社員食堂から出る野菜くずを堆肥にし、近くの学校の花壇で使ってもらっています。",
    "results": "二年で、花壇が三つの学校に広がりました。",
    "figures": "堆肥 年600kg",
    "supporters": "近くの学校（花壇の世話）",
}


def load(programme: Programme) -> None:
    if not programme.has(Feature.CASES) or Case.objects.exists():
        return
    partners = list(Partner.objects.listed().order_by("number")[:6])
    areas = [*regions(programme.prefecture_code)[:1], ""]
    year = fiscal_year_of(timezone.localdate())
    winner = tell(
        partners[:2], CaseState.PUBLISHED, 60, SIDES, region=areas[0], year=year - 1, awarded_in=year, **SHARED,
        captions="拾ったごみを種類ごとに数える\n数えた結果を店頭に掲げる",
    )  # fmt: skip
    _show(winner)
    one = [{"does": "野菜くずの回収と堆肥づくり", "roles": ["goods", "facilities"], "outcomes": ["workplace"]}]
    tell(partners[2:3], CaseState.PUBLISHED, 20, one, year=year, **ALONE)
    tell(partners[3:4], CaseState.SUBMITTED, 3, one, year=year, **(ALONE | {"title": "店の軒先を、通学路の休み場に"}))
    tell(partners[:2], CaseState.ASKED, 2, SIDES, year=year, **(SHARED | {"title": "出張「はまカウント」授業"}))


def tell(partners: list[Partner], state: CaseState, days: int, said: list[dict[str, Any]], **fields: Any) -> Case:
    """Each partner has agreed; where consent is still asked for, the first one waits for it."""
    then = timezone.now() - timedelta(days=days)
    case = Case(state=state, created_at=then, asked_at=then, **fields)
    if state != CaseState.ASKED:
        case.submitted_at = then
    if state == CaseState.PUBLISHED:
        case.published_at = then
    case.folded = folded([case.title, case.outline, case.results, *(partner.name for partner in partners)])
    case.save()
    for number, (partner, words) in enumerate(zip(partners, said, strict=True)):
        side: CaseSide = side_of(partner)
        side.case, side.agreed_revision = case, 0 if state == CaseState.ASKED and number == 0 else case.revision
        for name, value in words.items():
            setattr(side, name, value)
        side.save()
        if state == CaseState.PUBLISHED:
            record_activity(
                partner=partner, kind=Activity.Kind.COLLABORATION, title=f"「{case}」：連携事例の公開"[:200],
                key=f"case:{case.pk}", on=timezone.localdate(then), path=f"/mypage/cases/{case.pk}/",
            )  # fmt: skip
    return case


def _show(case: Case) -> None:
    """Drawn here: no picture of anybody lies in the repository."""
    files = []
    for name, picture in (("beach.png", _beach()), ("chart.png", _board())):
        content = io.BytesIO()
        picture.save(content, "PNG")
        upload = SimpleUploadedFile(name, content.getvalue())
        files.append(keep_upload(upload=upload, limits=Limits(kinds=(PNG,)), sender="demo", place="demo"))
    set_files(owner=case, slot=CASE_PHOTOS, files=files, actor=None, is_shown=True)


def _beach() -> Image.Image:
    picture = Image.new("RGB", (640, 426), "#bfe3f2")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((500, 40, 580, 120), fill="#fff3c4")
    pen.rectangle((0, 180, 640, 270), fill="#3b8fb5")
    pen.polygon([(0, 260), (640, 230), (640, 426), (0, 426)], fill="#ecd9b0")
    for x, colour in ((110, "#1d7a46"), (230, "#c2571a"), (350, "#33518f"), (480, "#1d7a46")):
        pen.ellipse((x - 16, 210, x + 16, 242), fill="#8a5a3c")
        pen.rounded_rectangle((x - 24, 244, x + 24, 330), 14, fill=colour)
        pen.polygon([(x + 34, 300), (x + 74, 300), (x + 66, 350), (x + 42, 350)], fill="#ffffff")
    return picture


def _board() -> Image.Image:
    picture = Image.new("RGB", (640, 426), "#d8c8ae")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((90, 40, 550, 386), 8, fill="#ffffff", outline="#6b4f34", width=10)
    for number, height in enumerate((230, 180, 150, 110, 70)):
        pen.rectangle((140 + number * 76, 340 - height, 190 + number * 76, 340), fill="#33718f")
    pen.line((126, 342, 520, 342), fill="#333333", width=4)
    return picture
