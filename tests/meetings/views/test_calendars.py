"""Month, annual schedule, calendars to subscribe to, and the library of videos."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Feed, JoiningDetails, Meeting, Video
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_meeting

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
