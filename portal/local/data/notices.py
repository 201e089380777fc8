"""The demo's board and mailings: something pinned, something new, something for partners alone, something to come; a
text of staff's own, and an address at which mail does not arrive.
"""

from datetime import timedelta

from django.utils import timezone

from portal.notices.models import Announcement, Genre, Mailing
from portal.outbox.models import DeadAddress, MailText, OutgoingMail
from portal.outbox.states import Report, State
from portal.tenancy.models import Programme

NEWSLETTER, MAILING, PRINTED = Genre.Kind.NEWSLETTER, Genre.Kind.MAILING, Genre.Kind.PRINTED
PUBLIC, PARTNERS = Announcement.Audience.PUBLIC, Announcement.Audience.PARTNERS

# Title, text, audience, days since, pinned.
ANNOUNCEMENTS = [
    (
        "年末年始の窓口の休みについて",
        ("事務局の窓口と電話は、12月29日から1月3日までお休みします。\n\nこの間も、サイトからの申請とお問い合わせは受け付けます。"
        "お返事は1月4日から順にお送りします。"),
        PUBLIC, 1, True,
    ),
    (
        "地域の交流会の参加者を募集します",
        ("パートナーどうしで取組を紹介し合う交流会を開きます。\n\n## 内容\n- 3団体の取組の紹介\n- 小さなグループでの話合い\n"
        "- 名刺交換\n\n初めての方も、お気軽にご参加ください。"),
        PUBLIC, 4, False,
    ),
    (
        "登録証のデザインが新しくなりました",
        "登録証に二次元コードが付きました。読み取ると、登録が今も有効かどうかを、どなたでも確かめられます。",
        PUBLIC, 20, False,
    ),
    (
        "登録情報の確認のお願い",
        ("年に一度、登録情報が今の内容と合っているかをご確認ください。\n\n担当者の交代がある場合は、マイページの「担当者」から"
        "新しい方を招待できます。"),
        PARTNERS, 2, False,
    ),
    (
        "来月のセミナーの申込みを始めます",
        "来月のセミナーの申込みを、この日の朝9時に始めます。",
        PARTNERS, -7, False,
    ),
]  # fmt: skip


# By programme: kind, name, explanation.
GENRES = {
    "tokyo": [
        (NEWSLETTER, "ネットクラブ通信", "催しと支援のご案内。月に2回。"),
        (NEWSLETTER, "電子版の広報誌", "会員の取組の記事。月に1回。"),
        (MAILING, "支援事業のご案内", "募集が始まったときに、お知らせします。"),
        (PRINTED, "広報誌", "年に4回、団体の所在地へ郵送します。"),
    ],
    "kanagawa": [(NEWSLETTER, "パートナー通信", "取組の紹介と催しのご案内。月に1回。")],
}


def load(programme: Programme) -> None:
    if Announcement.objects.exists():
        return
    now = timezone.now()
    for title, text, audience, days, is_pinned in ANNOUNCEMENTS:
        Announcement.objects.create(
            title=title, text=text, audience=audience, is_pinned=is_pinned, shown_from=now - timedelta(days=days)
        )
    for position, (kind, name, explanation) in enumerate(GENRES.get(programme.slug, []), start=1):
        Genre.objects.create(kind=kind, name=name, explanation=explanation, position=position)
    Mailing.objects.create(
        subject="交流会のご案内",
        text="{団体名}\n{氏名} 様\n\nいつもお世話になっております。\n地域の交流会を開きます。お知らせのページから、内容をご覧ください。",
        segment="partners",
    )
    _trouble(programme)


def _trouble(programme: Programme) -> None:
    """What staff see when mail does not arrive; and a draft of an own text."""
    address, words = f"moved.away@{programme.slug}.example.jp", "550 5.1.1 User unknown"
    now = timezone.now()
    OutgoingMail.objects.create(
        message="accounts.unknown_address", priority=1, dedupe_key="demo:failed", to=address,
        domain=f"{programme.slug}.example.jp", state=State.FAILED, answer=words, finished_at=now,
    )  # fmt: skip
    # A member's: its colleagues see it on My Page, staff on the partner's page. Signing in still works.
    member = f"viewer@{programme.slug}.example.jp"
    DeadAddress.objects.create(address=member, kind=Report.HARD, words=words, since=now)
    MailText.objects.create(
        message="accounts.unknown_address",
        text="このアドレスは、まだ登録されていません。\n\n登録のご案内は、次のページをご覧ください。\n{トップページ}",
    )
