"""The public pages: what everybody sees, and what nobody does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from meetings.models import Invitation, JoiningDetails, Meeting
from meetings.states import MeetingState
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_file, make_meeting, make_partner, make_seat

AsMember = Callable[..., Client]
SECRETS = ("meet.example.jp", "123-456", "himitsu")


def test_the_list_shows_what_is_to_come_and_what_was(visit: Client, kanagawa: Programme, tokyo: Programme) -> None:
    now = timezone.now()
    with programme_scope(kanagawa):
        make_meeting("次の会")
        make_meeting("前の会", starts_at=now - timedelta(days=3))
        make_meeting("下書き", state=MeetingState.DRAFT)
        make_meeting("会員の会", visibility=Meeting.Visibility.PARTNERS)
    with programme_scope(tokyo):
        make_meeting("東京の会")
    coming, past = visit.get("/meetings/").text, visit.get("/meetings/?when=past").text
    assert "次の会" in coming
    assert "前の会" in past
    for title in ("下書き", "会員の会", "東京の会"):
        assert title not in coming + past


def test_the_list_is_narrowed_by_kind(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_meeting("交流会A")
        make_meeting("セミナーB", kind=Meeting.Kind.SEMINAR)
    page = visit.get("/meetings/?kind=seminar").text
    assert "セミナーB" in page
    assert "交流会A" not in page
    assert visit.get("/meetings/?kind=nonsense&page=x").status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_of_fifty_costs_what_a_list_of_one_does(
    visit: Client, kanagawa: Programme, count: int, django_assert_num_queries: Any
) -> None:
    with programme_scope(kanagawa):
        for _ in range(count):
            make_seat(make_meeting(), make_partner())
    visit.get("/meetings/")
    # How many there are, and the page of them.
    with django_assert_num_queries(2):
        assert visit.get("/meetings/").status_code == 200


def test_the_page_of_a_meeting(visit: Client, kanagawa: Programme, django_assert_max_num_queries: Any) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting(
            online_capacity=3, cohosts="藤沢市\n小田原市", theme_label="１月（2月2日）", fiscal_year=2025
        )
        make_seat(meeting)
        file = make_file(meeting, slot="materials", name="案内.pdf")
    visit.get("/meetings/")
    with django_assert_max_num_queries(6):
        page = visit.get(f"/meetings/{meeting.pk}/").text
    for words in ("受付中", "藤沢市", "１月（2月2日）", "2025年度", "案内.pdf", "／定員 3名"):
        assert words in page
    assert visit.get(f"/files/{file.key}/").getvalue()


def test_public_pages_set_no_cookie(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting()
    for path in ("/meetings/", f"/meetings/{meeting.pk}/", f"/meetings/{meeting.pk}/calendar.ics"):
        assert not visit.get(path).cookies


def test_the_way_in_stands_on_no_page_for_others(visit: Client, as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        meeting = make_meeting()
        JoiningDetails.objects.create(
            meeting=meeting,
            url="https://meet.example.jp/j/1",
            room="123-456",
            passcode="himitsu",
            shown_from=timezone.now(),
        )
        mine = make_seat(meeting, member.member.partner, state="waiting")
        other = make_seat(meeting, mode="onsite")
    number = meeting.pk
    pages = [
        visit.get(path).text for path in ("/", "/meetings/", f"/meetings/{number}/", f"/meetings/{number}/calendar.ics")
    ]
    pages += [
        member.get(path).text
        for path in (
            "/mypage/",
            f"/mypage/meetings/{number}/",
            f"/mypage/bookings/{number}/",
            f"/meetings/{number}/sign-up/",
        )
    ]
    pages += [visit.get(f"/meetings/places/{seat.token}/").text for seat in (mine, other)]
    assert not [page for page in pages if any(secret in page for secret in SECRETS)]


def test_the_way_in_is_shown_from_its_time_to_who_is_confirmed(
    visit: Client, as_member: AsMember, kanagawa: Programme
) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        meeting = make_meeting()
        details = JoiningDetails.objects.create(meeting=meeting, url="https://meet.example.jp/j/1", passcode="himitsu")
        seat = make_seat(meeting, member.member.partner)
    addresses = [(member, f"/mypage/bookings/{meeting.pk}/"), (visit, f"/meetings/places/{seat.token}/")]
    for browser, path in addresses:
        assert "himitsu" not in browser.get(path).text
    with programme_scope(kanagawa):
        details.shown_from = timezone.now()
        details.save()
    for browser, path in addresses:
        assert "himitsu" in browser.get(path).text


def test_each_partner_sees_what_is_for_it(as_member: AsMember, kanagawa: Programme) -> None:
    # 141003: Yokohama.
    yokohama, other = as_member(municipality="141003"), as_member(municipality="")
    kinds = Meeting.Visibility
    with programme_scope(kanagawa):
        regional = make_meeting("横浜の会", visibility=kinds.REGION, region="横浜・川崎地域")
        invited = make_meeting("招待の会", visibility=kinds.INVITED)
        Invitation.objects.create(meeting=invited, partner=other.member.partner)
        partners = make_meeting("会員の会", visibility=kinds.PARTNERS)
    assert {one.pk for one in (regional, partners)} == shown(yokohama, regional, invited, partners)
    assert {one.pk for one in (invited, partners)} == shown(other, regional, invited, partners)


def shown(browser: Client, *meetings: Meeting) -> set[int]:
    found = {meeting.pk for meeting in meetings if browser.get(f"/mypage/meetings/{meeting.pk}/").status_code == 200}
    page = browser.get("/mypage/meetings/").text
    assert found == {meeting.pk for meeting in meetings if meeting.title in page}
    return found


def test_a_switched_off_feature_has_no_pages(visit: Client, as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        meeting = make_meeting()
        seat = make_seat(meeting)
        kanagawa.features = [feature for feature in kanagawa.features if feature != Feature.MEETINGS]
        kanagawa.save()
    for path in ("/meetings/", f"/meetings/{meeting.pk}/", f"/meetings/places/{seat.token}/"):
        assert visit.get(path).status_code == 404
    assert member.get("/mypage/meetings/").status_code == 404
    assert "/mypage/meetings/" not in member.get("/mypage/").text
