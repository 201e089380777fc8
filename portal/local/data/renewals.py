"""The demo's rules, reports and deadlines: every state of a partner towards its duties has somebody in it."""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from partners.models import Consent, Member, Partner
from partners.search import folded
from partners.states import MemberState
from portal.accounts.models import StaffAppointment, User
from portal.tenancy.models import Programme
from portal.web.access import MemberRole, StaffRole
from portal.web.dates import fiscal_year_of
from renewals.duties import Duty, ReportDuty
from renewals.examples import EXAMPLES
from renewals.models import Docket, DocketEntry, Extension, Report, RuleVersion, Standing
from renewals.obligations import Obligations, obligations
from renewals.queries.records import as_fact, owed_by, records_of, rulebook
from renewals.reasons import why_docket
from renewals.services.daily import begin_standings, look_at_due
from renewals.stages import DocketState, RuleState
from renewals.states import State

TEXTS = [
    "屋根の太陽光発電を広げ、使う電気の半分を自分たちで作れるようになりました。",
    "こどもの居場所に社員が月2回通い、宿題や遊びを手伝いました。",
    "包装をすべて紙に替え、プラスチックを前の年より4割減らしました。",
    "障害のある方3人を新たに迎え、作業の手順書を絵入りに直しました。",
]
Kind = DocketEntry.Kind
STEPS = [
    (35, Kind.OPENED, ""),
    (34, Kind.NOTICE, "担当の方が替わられたときは、お知らせください。"),
    (16, Kind.CALL, "代表の方と話した。担当者の退職で気づいていなかったとのこと。"),
    (2, Kind.GRACE_ASKED, "新しい担当者が記録を集めています。"),
]
RULES = {"kanagawa": "kanagawa", "tokyo": "two_in_a_row", "yamaguchi": "nagano"}


def load(programme: Programme) -> None:
    """Inside the programme's scope, after everything that its partners have done."""
    if RuleVersion.objects.exists():
        return
    for data in EXAMPLES[RULES[programme.slug]]:
        RuleVersion.objects.create(
            name=data["name"], effective_on=data["effective_on"], data=data, state=RuleState.APPROVED,
            decided_at=timezone.now(), reason="制度の要綱による",
        )  # fmt: skip
    begin_standings()
    # The first cohorts had renewed once before the portal began.
    Standing.objects.filter(partner__approved_on__lt=date(2021, 1, 1)).update(earlier_renewals=1)
    hand_in(programme)
    move_a_deadline(timezone.localdate())
    look_at_due(today=timezone.localdate())
    begin_a_removal(programme)


def move_a_deadline(today: date) -> None:
    """After an outage at the end of the last fiscal year."""
    year = fiscal_year_of(today)
    Extension.objects.create(
        due_from=date(year, 3, 28), due_to=date(year, 3, 31), until=date(year, 4, 14), is_for_all=True,
        kind=Extension.Kind.REPORT, meant_for="すべての団体", reason="年度末にシステムが半日止まったため。",
        recorded_on=date(year, 3, 29), recorded_by=staff(StaffRole.APPROVER),
    )  # fmt: skip


def begin_a_removal(programme: Programme) -> None:
    """Of the first who may be removed: one notice, one call, and now the partner asks for more time."""
    today, officer = timezone.localdate(), staff(StaffRole.OFFICER)
    standing = Standing.objects.filter(state=State.REMOVABLE).select_related("partner").order_by("partner_id").first()
    answer = owed_by(standing.partner, today) if standing else None
    if not (standing and answer and answer.removal):
        return
    docket = Docket.objects.create(
        partner=standing.partner, state=DocketState.NOTICED, opened_at=timezone.now() - timedelta(days=35),
        why=str(why_docket(answer.removal, answer.reports_from)),
    )  # fmt: skip
    for days, kind, text in STEPS:
        DocketEntry.objects.create(
            docket=docket, kind=kind, on=today - timedelta(days=days), text=text,
            until=today + timedelta(days=40) if kind == Kind.GRACE_ASKED else None,
            by=None if kind == Kind.GRACE_ASKED else officer,
        )  # fmt: skip


def staff(role: StaffRole) -> User | None:
    appointment = StaffAppointment.objects.filter(role=role).select_related("user").first()
    return appointment.user if appointment else None


def hand_in(programme: Programme) -> None:
    """The past years: most have reported each time, some now and then, a few never."""
    chance = random.Random(programme.slug)  # noqa: S311 - the same each time
    rules, today = rulebook(), timezone.localdate()
    assert rules
    rows: list[Report] = []
    partners = Partner.objects.exclude(approved_on=None).in_bulk()
    first = Partner.objects.listed().order_by("number").values_list("pk", flat=True).first()
    for partner_id, (registration, reports) in records_of(list(partners.values())).items():
        diligence = chance.choice([1, 1, 0.95, 0.8, 0.8, 0.2])
        answer: Obligations | None = None
        for day in days_of_the_office(today):
            if answer is None or (answer.look_again_on and answer.look_again_on <= day):
                answer = obligations(registration, rules, reports, day)
            handed_in = len(reports)
            for duty in answer.duties:
                # The demo's own person finds this year's report still to be written.
                is_left = partner_id == first and duty.due_on > today
                if chance.random() < diligence and not is_left:
                    row = written(partners[partner_id], duty, day, len(rows) + 1, chance)
                    rows.append(row)
                    reports.append(as_fact(row))
            if len(reports) > handed_in:
                answer = None
    Report.objects.bulk_create(rows)
    agree_to_publish(programme)


def agree_to_publish(programme: Programme) -> None:
    """Some more partners have an owner who agrees, so that the public list has something to show."""
    for partner in Partner.objects.listed().filter(members=None).order_by("number")[:12]:
        user = User.objects.with_address(f"owner.{partner.number}@{programme.slug}.example.jp")
        member = Member.objects.create(
            partner=partner, user=user, name=partner.contact_name, role=MemberRole.OWNER, state=MemberState.ACTIVE
        )
        Consent.objects.create(member=member, publishes_reports=True)


def days_of_the_office(today: date) -> list[date]:
    days = [date(year, month, 20) for year in range(2021, today.year + 1) for month in (2, 8)]
    return [day for day in days if day < today]


def written(partner: Partner, duty: Duty, day: date, number: int, chance: random.Random) -> Report:
    text = chance.choice(TEXTS)
    report = Report(
        partner=partner,
        fiscal_year=duty.fiscal_year if isinstance(duty, ReportDuty) else None,
        covers_from=duty.covers_from,
        covers_to=duty.covers_to,
        receipt=f"R{day.year % 100:02}-{number:04}",
        received_on=day,
        sent_at=timezone.make_aware(datetime.combine(day, time(10))),
        business=f"{partner.summary}\n{text}",
        meetings=chance.choice(
            ["交流会に2回参加し、取組を紹介しました。", "セミナー「はじめての省エネ」に参加しました。", ""]
        ),
        calls=chance.choice(
            ["フードドライブに協力し、80kgを集めました。", "ごみゼロの日に社員20人で清掃しました。", ""]
        ),
        collaborations=chance.choice(["地元の高校と、海辺の調査を一緒に行いました。", ""]),
        goals=partner.goals,
        figures=[["参加者数", f"{chance.randint(10, 400)}人"], ["削減した電気", f"{chance.randint(2, 30)}%"]],
    )
    report.folded = folded([partner.name, report.business])
    return report
