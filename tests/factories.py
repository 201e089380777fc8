"""Builders of test data: each makes one valid thing, and takes only what the test is about."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from matching.models import Application as Match
from matching.models import Case, CaseSide, Collaboration, Designation, Introduction, Posting, Side
from matching.states import ApplicationState, CaseState, CollaborationState, PostingState
from meetings.models import (
    Board,
    Consultation,
    LiveQuestion,
    LocalGroup,
    Meeting,
    Mode,
    PollOption,
    Reservation,
    Seat,
    SignUp,
    Slot,
    Survey,
    SurveyQuestion,
    Talk,
    ThemePoll,
)
from meetings.rules import ClosingRule, closing_of
from meetings.states import MeetingState, ReservationState, SeatState, SurveyState
from partners.models import Application, Batch, Member, Partner, RegistrationSettings
from partners.queries.partners import memberships_of
from partners.queries.registration import checklist_of, fingerprint, registration_settings
from partners.search import folded
from partners.services.registration import send_application
from partners.states import MemberState
from partners.vocabulary.municipalities import municipalities
from portal.accounts.models import StaffAppointment, User
from portal.files.kinds import ALL, Limits
from portal.files.models import StoredFile
from portal.files.services import keep_upload, set_files
from portal.inquiries.models import Inquiry, InquiryKind
from portal.inquiries.services import Asker, send_inquiry
from portal.local.data.programmes import PROGRAMMES
from portal.notices.models import Announcement, Genre, Mailing, Subscription
from portal.outbox.models import MailText
from portal.tenancy.models import Programme, ProgrammeHost
from portal.tenancy.scope import current_programme, programme_scope
from portal.web.access import ANONYMOUS, Actor, MemberRole, StaffRole
from portal.web.models import Page
from renewals.examples import EXAMPLES
from renewals.models import Report, RuleVersion
from renewals.stages import RuleState

# Far from the numbers that tests choose themselves.
numbers = count(20_001)


def make_programme(slug: str = "kanagawa", **fields: Any) -> Programme:
    row = next(row for row in PROGRAMMES if row["slug"] == slug)
    programme = Programme.objects.create(**(row | fields))
    ProgrammeHost.objects.create(programme=programme, name=f"{slug}.localhost", is_primary=True)
    return programme


def make_user(email: str = "hanako@example.jp", **fields: Any) -> User:
    return User.objects.create_user(email, **({"name": "山田 花子"} | fields))


def make_staff(role: StaffRole, programme: Programme, **fields: Any) -> User:
    number = next(numbers)
    fields = {"email": f"{role.name.lower()}.{number}@{programme.slug}.example.jp", "name": f"職員{number}"} | fields
    user = make_user(was_appointed=True, **fields)
    with programme_scope(programme):
        StaffAppointment.objects.create(user=user, role=role)
    return user


def make_partner(**fields: Any) -> Partner:
    return Partner.objects.create(**({"name": "株式会社あおばソーラー", "number": next(numbers)} | fields))


def make_batch(**fields: Any) -> Batch:
    return Batch.objects.create(**({"closes_on": date(2026, 3, 31)} | fields))


def make_member(role: MemberRole = MemberRole.OWNER, partner: Partner | None = None, **fields: Any) -> Member:
    """A person of a partner, who has signed in before."""
    if "user" not in fields:
        fields["user"] = make_user(fields.pop("email", f"person.{next(numbers)}@aoba.example.jp"))
    defaults = {"name": "山田 花子", "state": MemberState.ACTIVE}
    return Member.objects.create(partner=partner or make_partner(), role=role, **(defaults | fields))


def make_pending_file(
    name: str = "企画書.pdf", content: bytes = b"", sender: str = "browser:a", **fields: Any
) -> StoredFile:
    """A file that was sent with a form that nobody has finished. An empty PDF, unless told otherwise."""
    upload = SimpleUploadedFile(
        name, content or b"%PDF-1.7\n" + str(next(numbers)).encode() + b"\nstartxref\n0\n%%EOF\n"
    )
    return keep_upload(upload=upload, limits=Limits(kinds=ALL), sender=sender, **({"place": "form.field"} | fields))


def make_file(owner: Model, slot: str = "sheet", is_shown: bool = False, **fields: Any) -> StoredFile:
    """A file that belongs to a row, beside those that it has already."""
    file = make_pending_file(**fields)
    files = [*StoredFile.objects.of(owner, slot), file]
    set_files(owner=owner, slot=slot, files=files, actor=None, is_shown=is_shown)
    file.refresh_from_db()
    return file


# What an applicant types, as a browser posts it.
TYPED = {
    "name": "株式会社みなとデザイン", "kana": "ﾐﾅﾄﾃﾞｻﾞｲﾝ", "kind": "company", "address": "日本大通1番",
    "industry_division": "F", "industry_group": "33", "capital": "１０，０００", "employees_regular": "12", "office_name": "本社",
    "summary": "屋根で発電します。", "economy": "経済", "society": "社会", "environment": "環境",
    "published_at": "https://www.example.jp/", "contact_name": "港 みどり", "contact_kana": "みなと みどり",
    "contact_phone": "045-000-0000", "contact_email": "midori@minato.example.jp",
}  # fmt: skip


def make_typed(**texts: Any) -> dict[str, list[str]]:
    """Everything that must be typed, with some of it otherwise."""
    requirements = [one["ja"] for settings in RegistrationSettings.objects.all() for one in settings.requirements]
    place = next(iter(municipalities(current_programme().prefecture_code)))
    several = {"goals": ["7", "13"], "requirements": requirements, "municipality": [place]}
    changed = {name: text if isinstance(text, list) else [text] for name, text in texts.items()}
    return {name: [text] for name, text in TYPED.items()} | several | changed


def make_application(email: str = "midori@minato.example.jp", **texts: Any) -> Application:
    """Typed, and not sent yet."""
    typed = make_typed(**texts)
    return Application.objects.create(email=email, data=typed, name=typed["name"][0])


def make_sent_application(email: str = "midori@minato.example.jp", now: Any = None, **texts: Any) -> Application:
    application = make_application(email, **texts)
    return send_application(application=application, seen=fingerprint(application.data), now=now)


def make_checked_application(email: str = "midori@minato.example.jp", **texts: Any) -> Application:
    """Sent, and everything is made sure of."""
    application = make_sent_application(email, **texts)
    application.checklist = list(checklist_of(registration_settings()))
    application.save()
    return application


def make_posting(partner: Partner | None = None, named: Partner | None = None, **fields: Any) -> Posting:
    """Listed and open to everybody, unless told otherwise; `named` is whom it is for."""
    now = timezone.now()
    usual = {
        "title": "海岸清掃をいっしょに", "theme": "拾ったごみを数える", "what": "月に一度の清掃", "when": "来年の春から",
        "asked_people": "月に5人", "category": "event", "methods": ["co-hosting"], "goals": [14], "is_short": True,
        "contact_name": "港 みどり", "contact_email": "midori@minato.example.jp", "state": PostingState.LISTED,
        "submitted_at": now, "listed_at": now, "listed_until": timezone.localdate() + timedelta(days=30),
    }  # fmt: skip
    posting = Posting(partner=partner or make_partner(), **(usual | fields))
    posting.checked_title = posting.title if posting.listed_at else ""
    posting.first_listed_at = posting.listed_at
    posting.folded = folded([posting.title, posting.theme])
    posting.save()
    if named:
        Designation.objects.create(posting=posting, partner=named)
    return posting


# What somebody types who applies for a posting.
MATCH = {"message": "いっしょに取り組みます。", "method": "co-hosting", "duties": "人を出します。", "contact_name": "浜 太郎",
         "contact_phone": "000-000-0000", "contact_email": "taro@hama.example.jp"}  # fmt: skip


def make_match(posting: Posting | None = None, partner: Partner | None = None, **fields: Any) -> Match:
    """An application for a posting, waiting for its answer."""
    return Match.objects.create(
        posting=posting or make_posting(), partner=partner or make_partner(name="NPO法人はま"), **(MATCH | fields)
    )


def make_introduction(one: Partner | None = None, other: Partner | None = None, **fields: Any) -> Introduction:
    """Proposed by the office, with no answer yet."""
    first, second = sorted([one or make_partner(), other or make_partner(name="NPO法人はま")], key=lambda one: one.pk)
    usual = {"note": "海のごみに、ともに取り組んでいます。", "answer_until": timezone.localdate() + timedelta(days=14)}
    return Introduction.objects.create(first=first, second=second, **(usual | fields))


# What somebody answers who agrees.
CONSENT: dict[str, Any] = {"agrees": True, "reason": "", "contact_name": "浜 太郎", "contact_phone": "000-1111-2222",
           "contact_email": "taro@hama.example.jp"}  # fmt: skip


def make_record(application: Match | None = None, **fields: Any) -> Collaboration:
    """The record of both sides of an application."""
    application = application or make_match(state=ApplicationState.ACCEPTED)
    record = Collaboration.objects.create(application=application, **({"title": application.posting.title} | fields))
    for partner in (application.posting.partner, application.partner):
        Side.objects.create(collaboration=record, partner=partner)
    return record


def make_case(*partners: Partner, **fields: Any) -> Case:
    """Public, with the consent of the partners (or of one that it makes), unless told otherwise."""
    now = timezone.now()
    usual = {
        "title": "浜辺のごみを数える", "category": "event", "goals": [14], "year": 2025, "outline": "二つの団体で始めた。",
        "results": "12回行った。", "state": CaseState.PUBLISHED, "submitted_at": now, "published_at": now,
    }  # fmt: skip
    case = Case(**(usual | fields))
    case.folded = folded([case.title, case.outline])
    case.save()
    for partner in partners or [make_partner()]:
        CaseSide.objects.create(case=case, partner=partner, does="浜を掃除した。", agreed_revision=case.revision)
    return case


def make_approved_record(**fields: Any) -> Collaboration:
    """What a case may be made from."""
    outcome = {
        "outcome": "12回行った",
        "outcomes": ["network", "image"],
        "figures": "1.4トン",
        "effect": "海がきれいに",
    }
    now = timezone.now()
    return make_record(
        **({"state": CollaborationState.APPROVED, "reported_at": now, "approved_at": now} | outcome | fields)
    )


def make_page(title: str = "個人情報の取扱い", **fields: Any) -> Page:
    return Page.objects.create(**({"slug": Page.Slug.PRIVACY, "title": title, "body": "本文"} | fields))


def make_actor(role: StaffRole | None, programme: Programme) -> Actor:
    """Whoever calls a service: staff of the programme, or a person without any place."""
    if role is None:
        return Actor(user=make_user(f"stranger.{next(numbers)}@example.jp"))
    return Actor(user=make_staff(role, programme), staff_role=role)


def make_acting(member: Member) -> Actor:
    """A partner's person as the caller of a service."""
    [place] = [one for one in memberships_of(member.user) if one.member_id == member.pk]
    return Actor(user=member.user, membership=place, memberships=(place,))


def make_mailing(**fields: Any) -> Mailing:
    """A draft, to the people whom a test of mailings names."""
    usual = {"subject": "交流会のお知らせ", "text": "{氏名} 様\n\nご参加ください。", "segment": "tests.people"}
    return Mailing.objects.create(**(usual | fields))


def make_announcement(title: str = "交流会の日程が決まりました", **fields: Any) -> Announcement:
    """On the public board since an hour ago."""
    usual = {"text": "本文", "shown_from": timezone.now() - timedelta(hours=1)}
    return Announcement.objects.create(**(usual | {"title": title} | fields))


def make_mail_text(**fields: Any) -> MailText:
    """A draft in the place of the tests' own message."""
    return MailText.objects.create(**({"message": "tests.greeting", "text": "{標準の文面}"} | fields))


def make_genre(name: str = "パートナー通信", **fields: Any) -> Genre:
    return Genre.objects.create(**({"name": name} | fields))


def make_subscription(user: User, genre: Genre | None = None, **fields: Any) -> Subscription:
    return Subscription.objects.create(user=user, genre=genre or make_genre(), **fields)


def make_rules(example: str = "kanagawa", **changes: Any) -> list[RuleVersion]:
    """The decided versions of a real scheme; the changes are made to the newest."""
    *older, newest = EXAMPLES[example]
    return [
        RuleVersion.objects.create(
            name=data["name"], effective_on=data["effective_on"], data=data, state=RuleState.APPROVED
        )
        for data in [*older, newest | changes]
    ]


def make_report(partner: Partner, fiscal_year: int | None = 2025, **fields: Any) -> Report:
    """As received in the last month of its year."""
    year = fiscal_year or 2024
    usual: dict[str, Any] = {
        "covers_from": date(year, 4, 1), "covers_to": date(year + 1, 3, 31), "received_on": date(year + 1, 3, 1),
        "receipt": f"{year}-{next(numbers):04}", "business": "屋根で発電しました。",
    }  # fmt: skip
    return Report.objects.create(partner=partner, fiscal_year=fiscal_year, **(usual | fields))


def make_meeting(title: str = "第3回 パートナー交流会", **fields: Any) -> Meeting:
    """Public, online, in ten days, open for sign-up, without a limit."""
    starts_at = fields.pop("starts_at", None) or timezone.now() + timedelta(days=10)
    usual = {
        "title": title, "visibility": Meeting.Visibility.PUBLIC, "state": MeetingState.PUBLISHED, "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2), "closes_at": closing_of(starts_at, ClosingRule()),
    }  # fmt: skip
    return Meeting.objects.create(**(usual | fields))


def make_seat(meeting: Meeting, partner: Partner | None = None, **fields: Any) -> Seat:
    """The place of one more person of a partner, confirmed unless told otherwise."""
    number = next(numbers)
    booking, _ = SignUp.objects.get_or_create(
        meeting=meeting, partner=partner or make_partner(name=f"団体{number}"),
        defaults={"made_by": make_user(f"booker.{number}@example.jp")},
    )  # fmt: skip
    usual = {
        "name": f"参加者{number}", "email": f"seat.{number}@example.jp", "mode": Mode.ONLINE, "state": SeatState.CONFIRMED,
    }  # fmt: skip
    return Seat.objects.create(sign_up=booking, meeting=meeting, **(usual | fields))


def make_group(name: str = "県央地域会", **fields: Any) -> LocalGroup:
    """Of Kanagawa's middle: whoever is there belongs to it."""
    return LocalGroup.objects.create(name=name, **({"region": "県央地域"} | fields))


def make_consultation(title: str = "専門家カウンセリング", **fields: Any) -> Consultation:
    """Open; its lottery closes in three days, and is drawn an hour later."""
    closes_at = timezone.now() + timedelta(days=3)
    usual = {"state": MeetingState.PUBLISHED, "closes_at": closes_at, "draw_at": closes_at + timedelta(hours=1)}
    return Consultation.objects.create(title=title, **(usual | fields))


def make_slot(consultation: Consultation | None = None, **fields: Any) -> Slot:
    """One place for whoever comes first, in ten days or later: none is at the time of another."""
    starts_at = fields.pop("starts_at", None) or timezone.now() + timedelta(days=10, hours=next(numbers) % 1000)
    usual = {
        "consultation": consultation or make_consultation(), "starts_at": starts_at, "place": "秋葉原 5階",
        "ends_at": starts_at + timedelta(minutes=30), "closes_at": closing_of(starts_at, ClosingRule()),
    }  # fmt: skip
    return Slot.objects.create(**(usual | fields))


def make_reservation(first: Slot, second: Slot | None = None, **fields: Any) -> Reservation:
    """Of one more partner, waiting for the draw unless told otherwise."""
    if "made_by" not in fields:
        member = make_member(MemberRole.EDITOR, fields.get("partner") or make_partner(name=f"団体{next(numbers)}"))
        fields |= {"made_by": member.user, "partner": member.partner}
    usual = {"topic": "販路を広げたい", "state": ReservationState.APPLIED}
    return Reservation.objects.create(consultation=first.consultation, first=first, second=second, **(usual | fields))


def make_inquiry_kind(title: str = "登録について", **fields: Any) -> InquiryKind:
    return InquiryKind.objects.create(title=title, title_en="About registration", **fields)


def make_inquiry(kind: InquiryKind | None = None, text: str = "登録に費用はかかりますか。", **options: Any) -> Inquiry:
    """By somebody who did not sign in, unless an actor is named."""
    asker = options.pop("asker", Asker(name="佐々木 葵", email="aoi@example.jp"))
    usual = {"form_key": uuid4(), "actor": ANONYMOUS}
    return send_inquiry(kind=kind or make_inquiry_kind(), asker=asker, text=text, **(usual | options))


def make_person(member: Member) -> Actor:
    """Whoever calls a service for a partner."""
    place = next(one for one in memberships_of(member.user) if one.member_id == member.pk)
    return Actor(user=member.user, membership=place, memberships=(place,))


def make_talk(partner: Partner | None = None, **fields: Any) -> Talk:
    """Just asked for."""
    number = next(numbers)
    usual = {"title": f"取組{number}", "speaker": "山田 花子", "summary": "屋根で発電しています。"}
    if "asked_by" not in fields:
        fields["asked_by"] = make_user(f"speaker.{number}@example.jp")
    return Talk.objects.create(partner=partner or make_partner(name=f"団体{number}"), **(usual | fields))


def make_poll(*titles: str, **fields: Any) -> ThemePoll:
    """Open for a week; of two themes unless told otherwise."""
    usual = {"title": "来年度のテーマ", "state": SurveyState.OPEN, "closes_at": timezone.now() + timedelta(days=7)}
    poll = ThemePoll.objects.create(**(usual | fields))
    names = titles or ("エネルギー", "人を育てる")
    PollOption.objects.bulk_create(
        PollOption(poll=poll, title=title, position=position) for position, title in enumerate(names)
    )
    return poll


def make_survey(meeting: Meeting | None = None, **fields: Any) -> Survey:
    """Not opened yet: a scale, a choice and a text, about a meeting that is over; or of all partners, with a segment."""
    usual: dict[str, Any] = {"title": "交流会のアンケート", "closes_at": timezone.now() + timedelta(days=14)}
    if "segment" in fields:
        usual |= {"title": "年度のアンケート", "is_anonymous": False}
    else:
        usual["meeting"] = meeting or make_meeting(starts_at=timezone.now() - timedelta(days=1))
    survey = Survey.objects.create(**(usual | fields))
    kinds = SurveyQuestion.Kind
    SurveyQuestion.objects.create(survey=survey, text="満足しましたか", kind=kinds.SCALE, is_required=True)
    SurveyQuestion.objects.create(survey=survey, text="よかったもの", kind=kinds.SEVERAL, choices=["事例", "対話"])
    SurveyQuestion.objects.create(survey=survey, text="ご意見", kind=kinds.TEXT)
    return survey


def make_board(*questions: str, **fields: Any) -> Board:
    """Open, about a meeting of today; each question with two choices."""
    usual = {"title": "みなさんの質問とアイデア", "state": SurveyState.OPEN}
    if "meeting" not in fields:
        fields["meeting"] = make_meeting(starts_at=timezone.now())
    board = Board.objects.create(**(usual | fields))
    LiveQuestion.objects.bulk_create(
        LiveQuestion(board=board, text=text, choices=["はじめて", "2回目から"]) for text in questions
    )
    return board
