"""Month, annual schedule, calendars to subscribe to, and the library of videos."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Feed, JoiningDetails, Meeting, Video
from meetings.services.feeds import renew_feed
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_consultation, make_meeting, make_person, make_reservation, make_slot

AsMember = Callable[..., Client]


def test_a_month_shows_its_meetings_and_no_others(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_meeting("二月の会", starts_at=timezone.make_aware(datetime(2028, 2, 29, 23, 30)))
        make_meeting("三月の会", starts_at=timezone.make_aware(datetime(2028, 3, 1, 0, 0)))
    page = visit.get("/meetings/?month=2028-02").text
    assert "2028年2月" in page
    assert "二月の会" in page
    assert "三月の会" not in page
    assert "三月の会" in visit.get("/meetings/?month=2028-03").text


def test_a_fiscal_year_is_a_schedule_by_what_a_meeting_counts_to(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_meeting("来年度の会", starts_at=timezone.make_aware(datetime(2027, 4, 1)))
        make_meeting("今年度に数える会", starts_at=timezone.make_aware(datetime(2027, 4, 2)), fiscal_year=2026)
    page = visit.get("/meetings/?year=2026").text
    assert "今年度に数える会" in page
    assert "来年度の会" not in page
    assert "来年度の会" in visit.get("/meetings/?year=2027").text


@pytest.mark.parametrize(
    "query", ["year=x", "year=99999", "month=x", "how=x", "kind=x&year=", "month=2026-11&year=2026"]
)
def test_odd_wishes_are_answered(visit: Client, query: str) -> None:
    assert visit.get(f"/meetings/?{query}").status_code == 200


def test_the_public_calendar_holds_what_is_public(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_meeting("公開の会")
        make_meeting("会員の会", visibility=Meeting.Visibility.PARTNERS)
    text = visit.get("/meetings/calendar.ics").text
    assert "公開の会" in text
    assert "会員の会" not in text


def test_a_partners_calendar_is_secret_and_can_be_ended(
    visit: Client, as_member: AsMember, kanagawa: Programme
) -> None:
    member = as_member(MemberRole.EDITOR)
    with programme_scope(kanagawa):
        meeting = make_meeting("会員の会", visibility=Meeting.Visibility.PARTNERS)
        JoiningDetails.objects.create(meeting=meeting, url="https://meet.example.jp/j/1", passcode="himitsu")
    member.post("/mypage/calendar/renew/")
    first = address(kanagawa)
    assert first in member.get("/mypage/calendar/").text
    text = visit.get(first).text
    assert "会員の会" in text
    assert "himitsu" not in text
    assert "meet.example.jp" not in text
    # Another one ends the first; ending ends all.
    member.post("/mypage/calendar/renew/")
    second = address(kanagawa)
    assert [visit.get(one).status_code for one in (first, second)] == [404, 200]
    member.post("/mypage/calendar/end/")
    assert visit.get(second).status_code == 404


def address(kanagawa: Programme) -> str:
    with programme_scope(kanagawa):
        return f"/meetings/feeds/{Feed.objects.get().key}.ics"


def test_a_partner_that_has_left_has_no_calendar(visit: Client, as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member(MemberRole.EDITOR)
    member.post("/mypage/calendar/renew/")
    with programme_scope(kanagawa):
        partner = member.member.partner
        partner.state = PartnerState.ENDED
        partner.save()
    assert visit.get(address(kanagawa)).status_code == 404


def make_video(title: str, **fields: Any) -> Video:
    usual = {
        "url": "https://video.example.jp/1",
        "recorded_on": timezone.localdate(),
        "audience": Video.Audience.PUBLIC,
    }
    return Video.objects.create(title=title, **(usual | fields))


def test_the_library_shows_each_what_is_theirs(visit: Client, as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member(MemberRole.VIEWER)
    with programme_scope(kanagawa):
        past = make_meeting(starts_at=timezone.now() - timedelta(days=3))
        public = make_video("公開の録画", meeting=past, transcript="## はじめに\n\nこんにちは。", has_captions=True)
        partners = make_video("会員の録画", audience=Video.Audience.PARTNERS, meeting=past)
        hidden = make_video("まだの録画", is_shown=False)
    page, own = visit.get("/meetings/videos/").text, member.get("/mypage/videos/").text
    assert "公開の録画" in page
    assert "会員の録画" not in page
    assert "会員の録画" in own
    assert "まだの録画" not in page + own
    assert "こんにちは。" in visit.get(f"/meetings/videos/{public.pk}/").text
    assert visit.get(f"/meetings/videos/{partners.pk}/").status_code == 404
    assert member.get(f"/mypage/videos/{partners.pk}/").status_code == 200
    assert member.get(f"/mypage/videos/{hidden.pk}/").status_code == 404
    assert "会員の録画" not in visit.get(f"/meetings/{past.pk}/").text
    assert "会員の録画" in member.get(f"/mypage/meetings/{past.pk}/").text


def test_what_is_open_of_a_consultation_is_in_the_calendars_of_who_may_book_it(
    visit: Client, as_member: AsMember, kanagawa: Programme, tokyo: Programme
) -> None:
    member = as_member(MemberRole.EDITOR)
    with programme_scope(kanagawa):
        slot = make_slot(make_consultation("空きのある相談"), starts_at=timezone.now() + timedelta(days=20))
        drawn_for = make_slot(make_consultation("抽選の相談"), mode="lottery")
        make_slot(make_consultation("下書きの相談", state="draft"))
        make_slot(make_consultation("受付前の相談", opens_at=timezone.now() + timedelta(days=1)))
        make_slot(make_consultation("埋まった相談"), held=1)
        make_slot(make_consultation("中止の相談"), called_off_at=timezone.now())
        make_reservation(make_slot(make_consultation("予約した相談"), capacity=5), partner=member.member.partner, made_by=member.user)  # fmt: skip
        renew_feed(actor=make_person(member.member))
    with programme_scope(tokyo):
        make_slot(make_consultation("都の相談"))
    feed, listed = visit.get(address(kanagawa)).text, member.get("/mypage/meetings/").text
    month = member.get("/mypage/meetings/", {"month": f"{timezone.localtime(slot.starts_at):%Y-%m}"}).text
    assert "空きのある相談（予約受付中）" in feed.replace("\r\n ", "") and "抽選の相談" in feed
    assert f"/mypage/consultations/{slot.consultation_id}/" in month and "予約受付中" in month
    assert "空きのある相談" in listed and f"/mypage/consultations/{drawn_for.consultation_id}/" in listed
    for hidden in ("下書きの相談", "受付前の相談", "埋まった相談", "中止の相談", "予約した相談", "都の相談"):
        assert hidden not in feed + listed + month
    # Nothing of it is public, and no filter for meetings finds it.
    for page in (
        "/meetings/",
        f"/meetings/?month={timezone.localtime(slot.starts_at):%Y-%m}",
        "/meetings/calendar.ics",
    ):
        assert "空きのある相談" not in visit.get(page).text
    for query in ("kind=seminar", "how=online", "when=past", "year=2026"):
        assert "空きのある相談" not in member.get(f"/mypage/meetings/?{query}").text
    assert "空きのある相談" in member.get("/mypage/meetings/?kind=consultation").text


def test_many_open_slots_cost_what_one_does(
    visit: Client, as_member: AsMember, kanagawa: Programme, django_assert_num_queries: Any
) -> None:
    member = as_member(MemberRole.EDITOR)
    with programme_scope(kanagawa):
        renew_feed(actor=make_person(member.member))
        slot = make_slot()
    pages = [(member, "/mypage/meetings/"), (member, f"/mypage/meetings/?month={slot.starts_at:%Y-%m}"), (visit, address(kanagawa))]  # fmt: skip
    counts = []
    for browser, page in pages:
        browser.get(page)
        with CaptureQueriesContext(connection) as asked:
            browser.get(page)
        counts.append(len(asked))
    with programme_scope(kanagawa):
        for _ in range(19):
            make_slot()
    for (browser, page), count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            browser.get(page)
