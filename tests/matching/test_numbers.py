"""The way from posting to logo as of a day: whatever happens later, a past day keeps its numbers."""

from datetime import date, datetime, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching.models import LogoLicence
from matching.queries.statistics import charts_on
from matching.services.applications import answer_application, withdraw_application
from matching.services.postings import end_posting, extend_posting, list_posting
from matching.states import ApplicationState, CollaborationState, PostingState
from matching.vocabulary import Logo
from portal.tenancy.models import Programme
from portal.web.access import StaffRole
from tests.factories import make_acting, make_actor, make_match, make_member, make_partner, make_posting, make_record

THEN = datetime(2026, 6, 10, 12, tzinfo=timezone.get_default_timezone())
DAY = THEN.date()


def rows(day: date) -> list[list[int]]:
    return [[number for _label, number in chart.rows] for chart in charts_on(day)]


def test_a_day_keeps_its_numbers_whatever_follows(in_kanagawa: Programme) -> None:
    owner, officer = make_member(), make_actor(StaffRole.OFFICER, in_kanagawa)
    poster = make_acting(owner)
    posting = make_posting(owner.partner, listed_at=THEN - timedelta(days=9), submitted_at=THEN - timedelta(days=10))
    applicants = [make_member(partner=make_partner()) for _ in range(3)]
    fast = make_match(posting, applicants[0].partner, sent_at=THEN - timedelta(days=5), state=ApplicationState.TALKING,
                      answered_at=THEN - timedelta(days=3), talks_at=THEN - timedelta(days=3))  # fmt: skip
    slow, taken_back = (make_match(posting, one.partner, sent_at=THEN - timedelta(days=1)) for one in applicants[1:])
    # The last moment of the day counts, the next one does not.
    last = datetime(2026, 6, 10, 23, 59, 59, tzinfo=timezone.get_default_timezone())
    make_posting(listed_at=last)
    make_posting(listed_at=last + timedelta(seconds=1))
    again = make_posting(owner.partner, state=PostingState.SUBMITTED, listed_at=THEN)
    before = rows(DAY)
    assert before == [[3, 3, 1, 0, 0, 0], [0, 1, 0, 0, 2]]
    assert rows(date(2026, 3, 31)) == [[0, 0, 0, 0, 0, 0]]
    answer_application(application_id=slow.pk, state=ApplicationState.ACCEPTED, answer="", actor=poster)
    answer_application(application_id=fast.pk, state=ApplicationState.ACCEPTED, answer="", actor=poster)
    withdraw_application(application_id=taken_back.pk, reason="", actor=make_acting(applicants[2]))
    record = make_record(fast, state=CollaborationState.APPROVED, approved_at=timezone.now(),
                         reported_at=timezone.now(), first_reported_at=timezone.now())  # fmt: skip
    LogoLicence.objects.create(partner=owner.partner, logo=Logo.COLLABORATION, collaboration=record)
    list_posting(posting=again, actor=officer)
    extend_posting(posting_id=again.pk, actor=poster)
    end_posting(posting_id=again.pk, state=PostingState.CLOSED, actor=poster)
    assert rows(DAY) == before
    assert rows(timezone.localdate())[0][3:] == [2, 1, 1]


def test_on_the_public_page(kanagawa: Programme) -> None:
    page = Client(headers={"host": kanagawa.primary_host}).get(reverse("statistics:page")).text
    assert "募集から連携ロゴまで" in page
