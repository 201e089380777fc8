"""The demo's inquiries: each programme's kinds with よくある質問, and threads in every state."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from partners.models import Member
from partners.queries.partners import memberships_of
from portal.accounts.models import StaffAppointment
from portal.inquiries.models import InquiryKind, KindAnswer, KindQuestion, ReplyTemplate
from portal.inquiries.services import Asker, answer_inquiry, close_inquiry, send_inquiry, write_again
from portal.tenancy.models import Programme
from portal.web.access import ANONYMOUS, Actor, StaffRole

ALL, PARTNERS = InquiryKind.Audience.ALL, InquiryKind.Audience.PARTNERS

# Title, in English, guidance, audience, days, questions (label, choices, required), よくある質問.
KINDS = [
    (
        "登録について", "About registration", "登録の要件、申請の進め方、登録証についてのご質問です。", ALL, 5, [],
        [
            ("登録に費用はかかりますか。", "Is there a fee?", "かかりません。申請も登録も無料です。"),
            ("申請してから、どのくらいで登録されますか。", "How long does it take?",
             "締切の翌月末までに結果をお知らせします。締切は「登録申請」のページにあります。"),
        ],
    ),
    (
        "ログインについて", "Signing in", "", ALL, 2,
        [("困っていること", "メールが届かない\nリンクを開けない\n担当者が替わった\nそのほか", True)],
        [("ログインのメールが届きません。", "The mail does not arrive.",
          "迷惑メールのフォルダーをご覧ください。届いていないときは、登録したアドレスが分かるものを添えてお知らせください。")],
    ),
    (
        "経営・助成金の相談", "Advice and subsidies", "支援機関につなぎます。内容により、お答えに時間がかかることがあります。", PARTNERS, 10,
        [("相談の分野", "経営\n助成金\n販路\nそのほか", True), ("希望する連絡の方法", "", False)], [],
    ),
    ("そのほか", "Something else", "", ALL, 5, [], []),
]  # fmt: skip
TEMPLATES = [
    ("確認して連絡する", "お問い合わせありがとうございます。\n担当で確かめて、あらためてお答えします。"),
    ("登録証の受け取り方", "登録証は、マイページの「登録証」から、いつでもPDFで受け取れます。"),
]


def load(programme: Programme) -> None:
    """After the partners' people."""
    if InquiryKind.objects.exists():
        return
    kinds = [_kind(number, *row) for number, row in enumerate(KINDS)]
    for number, (title, text) in enumerate(TEMPLATES):
        ReplyTemplate.objects.create(title=title, text=text, position=number)
    officer = _officer()
    _from_partners(kinds, officer)
    _from_the_public(kinds, officer)


def _kind(
    number: int,
    title: str,
    title_en: str,
    guidance: str,
    audience: str,
    days: int,
    questions: list[tuple[str, str, bool]],
    answers: list[tuple[str, str, str]],
) -> InquiryKind:
    kind = InquiryKind.objects.create(
        title=title, title_en=title_en, guidance=guidance, audience=audience, answer_days=days, position=number
    )
    for label, choices, is_required in questions:
        KindQuestion.objects.create(kind=kind, label=label, choices=choices, is_required=is_required)
    for question, question_en, answer in answers:
        KindAnswer.objects.create(kind=kind, question=question, question_en=question_en, answer=answer)
    return kind


def _officer() -> Actor:
    appointment = StaffAppointment.objects.filter(role=StaffRole.OFFICER).select_related("user").first()
    return Actor(user=appointment.user if appointment else None, staff_role=StaffRole.OFFICER)


def _from_partners(kinds: list[InquiryKind], officer: Actor) -> None:
    now = timezone.now()
    people = Member.objects.active().select_related("user").order_by("id")[:2]
    texts = [
        (kinds[1], "新しい担当者のアドレスでログインできません。招待のメールをもう一度送っていただけますか。", 9),
        (kinds[2], "工場の屋根に太陽光パネルを付けたいと考えています。使える助成金があれば教えてください。", 1),
    ]
    for member, (kind, text, days) in zip(people, texts, strict=False):
        place = next(one for one in memberships_of(member.user) if one.member_id == member.pk)
        asker = Asker(name=member.name, email=member.user.email, organisation=place.partner_name)
        actor = Actor(user=member.user, membership=place, memberships=(place,))
        inquiry = send_inquiry(
            form_key=uuid4(), kind=kind, asker=asker, text=text, actor=actor, now=now - timedelta(days=days)
        )
        if days > 5:
            answered = now - timedelta(days=days - 1)
            answer_inquiry(inquiry=inquiry, text="招待のメールをお送りしました。", actor=officer, now=answered)
            write_again(
                form_key=uuid4(), inquiry=inquiry, text="届きました。ありがとうございます。", actor=actor, now=answered
            )


def _from_the_public(kinds: list[InquiryKind], officer: Actor) -> None:
    now = timezone.now()
    texts = [
        ("佐々木 葵", "個人で活動していますが、登録できますか。", 20, "できます。団体の名称に氏名を入力してください。"),
        ("髙橋 健", "来月の交流会は、登録していなくても見学できますか。", 12, ""),
        ("森 さくら", "学校の授業で、地元の団体の話を聞きたいと考えています。", 0, ""),
    ]
    for number, (name, text, days, answer) in enumerate(texts):
        asker = Asker(name=name, email=f"visitor.{number}@example.jp")
        at = now - timedelta(days=days)
        inquiry = send_inquiry(form_key=uuid4(), kind=kinds[0], asker=asker, text=text, actor=ANONYMOUS, now=at)
        if answer:
            answered = at + timedelta(days=2)
            answer_inquiry(inquiry=inquiry, text=answer, actor=officer, closes=True, now=answered)
        elif days > 7:
            close_inquiry(inquiry=inquiry, reason="電話でお答えしました。", actor=officer)
