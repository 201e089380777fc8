"""Signing up, changing and cancelling on the pages of a partner's people, and by the link in a mail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Meeting, Question, Seat, SignUp
from meetings.states import SeatState
from portal.accounts.models import Draft
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_meeting, make_seat

AsMember = Callable[..., Client]
TYPED = {"name-0": "山田 花子", "email-0": "hanako@example.jp", "title-0": "", "mode-0": "online", "note": ""}


@pytest.fixture
def meeting(kanagawa: Programme) -> Meeting:
    with programme_scope(kanagawa):
        return make_meeting()


def seats(kanagawa: Programme) -> list[tuple[str, str]]:
    with programme_scope(kanagawa):
        return list(Seat.objects.order_by("id").values_list("email", "state"))


def test_from_the_form_to_the_booking(as_member: AsMember, meeting: Meeting, kanagawa: Programme) -> None:
    member, address = as_member(MemberRole.EDITOR), f"/meetings/{meeting.pk}/sign-up/"
    with programme_scope(kanagawa):
        question = Question.objects.create(
            meeting=meeting, text="関心のあること", kind="several", choices=["資金", "人材"]
        )
    first = member.get(address).text
    assert member.user.email in first
    assert "関心のあること" in first
    typed = TYPED | {
        f"question-{question.pk}": ["人材"],
        "name-1": "佐藤 健",
        "email-1": "ken@example.jp",
        "mode-1": "online",
    }
    confirm = member.post(address, typed).text
    assert "まだ申し込んでいません" in confirm
    assert not seats(kanagawa)
    done = member.post(address, typed | {"_send": "1"}, follow=True)
    assert done.redirect_chain == [(f"/mypage/bookings/{meeting.pk}/", 302)]
    assert seats(kanagawa) == [("hanako@example.jp", "confirmed"), ("ken@example.jp", "confirmed")]
    with programme_scope(kanagawa):
        assert SignUp.objects.get().answers == {str(question.pk): ["人材"]}
    # The same form, now with what was typed.
    again = member.get(address).text
    assert "ken@example.jp" in again
    assert "申込みの変更" in again


def test_what_is_wrong_is_said_and_stays(as_member: AsMember, meeting: Meeting, kanagawa: Programme) -> None:
    member, address = as_member(), f"/meetings/{meeting.pk}/sign-up/"
    page = member.post(address, TYPED | {"name-1": "佐藤 健", "_send": "1"}).text
    assert "入力してください。" in page
    assert "佐藤 健" in page
    assert not seats(kanagawa)
    with programme_scope(kanagawa):
        make_seat(meeting, email="hanako@example.jp")
    page = member.post(address, TYPED | {"_send": "1"}).text
    assert "すでに申し込まれています" in page
    assert "hanako@example.jp" in page


def test_a_person_is_taken_out_by_emptying_the_lines(
    as_member: AsMember, meeting: Meeting, kanagawa: Programme
) -> None:
    member, address = as_member(), f"/meetings/{meeting.pk}/sign-up/"
    second = {"name-1": "佐藤 健", "email-1": "ken@example.jp", "mode-1": "online"}
    member.post(address, TYPED | second | {"_send": "1"})
    with programme_scope(kanagawa):
        keys = {f"seat-{number}": seat.pk for number, seat in enumerate(Seat.objects.order_by("id"))}
    member.post(address, TYPED | keys | {"seen": "1", "_send": "1"})
    assert seats(kanagawa) == [("hanako@example.jp", "confirmed"), ("ken@example.jp", "cancelled")]


def test_what_a_colleague_did_meanwhile_is_shown_and_what_was_typed_stays(
    as_member: AsMember, meeting: Meeting, kanagawa: Programme
) -> None:
    member, address = as_member(), f"/meetings/{meeting.pk}/sign-up/"
    member.post(address, TYPED | {"_send": "1"})
    mine = {"name-0": "佐藤 健", "email-0": "ken@example.jp", "mode-0": "online", "note": "遅れます", "_send": "1"}
    page = member.post(address, mine | {"seen": "0"}).text
    for words in ("申込みが変わりました", "hanako@example.jp", "ken@example.jp", "遅れます", 'name="seen" value="1"'):
        assert words in page
    assert seats(kanagawa) == [("hanako@example.jp", "confirmed")]
    member.post(address, mine | {"seen": "1"})
    assert seats(kanagawa) == [("hanako@example.jp", "cancelled"), ("ken@example.jp", "confirmed")]


def test_a_draft_does_not_take_the_places_away(as_member: AsMember, meeting: Meeting, kanagawa: Programme) -> None:
    member, address = as_member(), f"/meetings/{meeting.pk}/sign-up/"
    member.post(address, TYPED | {"_send": "1"})
    with programme_scope(kanagawa):
        seat = Seat.objects.get()
        data = {"name-0": ["山田"], "email-0": ["hanako@example.jp"], "mode-0": ["online"], "seat-0": [""]}
        Draft.objects.create(
            user=member.user, partner_id=member.member.partner_id, form=f"meetings.{meeting.pk}", data=data
        )
    page = member.get(address).text
    assert f'name="seat-0" value="{seat.pk}"' in page
    assert 'name="seen" value="1"' in page
    assert 'value="山田"' in page


def test_who_comes_too_late_is_told_why_and_whom_to_ask(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        late = make_meeting(starts_at=timezone.now() + timedelta(hours=2))
    page = member.get(f"/meetings/{late.pk}/sign-up/")
    assert page.status_code == 410
    assert "締め切りました" in page.text
    assert kanagawa.phone in page.text
    assert member.post(f"/meetings/{late.pk}/sign-up/", TYPED | {"_send": "1"}).status_code == 410
    assert not seats(kanagawa)
    detail = member.get(f"/mypage/meetings/{late.pk}/").text
    assert "締め切りました" in detail
    assert f"/meetings/{late.pk}/sign-up/" not in detail


def test_cancelling_asks_once_more_and_can_be_taken_back(
    as_member: AsMember, meeting: Meeting, kanagawa: Programme
) -> None:
    member = as_member()
    member.post(f"/meetings/{meeting.pk}/sign-up/", TYPED | {"_send": "1"})
    booking = f"/mypage/bookings/{meeting.pk}/"
    assert "10分以内" in member.get(f"{booking}cancel/").text
    assert seats(kanagawa)[0][1] == SeatState.CONFIRMED
    page = member.post(f"{booking}cancel/", follow=True).text
    assert "取消しを元に戻す" in page
    assert seats(kanagawa)[0][1] == SeatState.CANCELLED
    member.post(f"{booking}undo/")
    assert seats(kanagawa)[0][1] == SeatState.CONFIRMED


def test_another_partner_finds_nothing(as_member: AsMember, meeting: Meeting, kanagawa: Programme) -> None:
    as_member().post(f"/meetings/{meeting.pk}/sign-up/", TYPED | {"_send": "1"})
    other = as_member(name="NPO法人みなと")
    for path in ("", "cancel/"):
        assert other.get(f"/mypage/bookings/{meeting.pk}/{path}").status_code == 404
    assert "hanako@example.jp" not in other.get(f"/mypage/meetings/{meeting.pk}/").text


@pytest.mark.parametrize("has_seats", [False, True])
def test_the_form_costs_eight_queries(
    as_member: AsMember, meeting: Meeting, kanagawa: Programme, has_seats: bool, django_assert_max_num_queries: Any
) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        Question.objects.create(meeting=meeting, text="質問")
        for _ in range(3 if has_seats else 0):
            make_seat(meeting, member.member.partner)
    member.get(f"/meetings/{meeting.pk}/sign-up/")
    with django_assert_max_num_queries(8):
        assert member.get(f"/meetings/{meeting.pk}/sign-up/").status_code == 200


def test_the_list_of_bookings_costs_the_same_for_many(
    as_member: AsMember, kanagawa: Programme, django_assert_num_queries: Any
) -> None:
    counts = []
    for number in (1, 20):
        member = as_member(name=f"団体{number}")
        with programme_scope(kanagawa):
            for _ in range(number):
                make_seat(make_meeting(), member.member.partner)
        member.get("/mypage/bookings/")
        with django_assert_num_queries(7):
            counts.append(member.get("/mypage/bookings/").status_code)
    assert counts == [200, 200]


def test_a_booking_costs_the_same_for_many_people(as_member: AsMember, meeting: Meeting, kanagawa: Programme) -> None:
    counts = []
    for number in (1, 5):
        member = as_member(name=f"団体{number}")
        with programme_scope(kanagawa):
            for _ in range(number):
                make_seat(meeting, member.member.partner)
        address = f"/mypage/bookings/{meeting.pk}/"
        member.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert member.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_reader_is_not_led_to_a_form_that_refuses_them(as_member: AsMember, meeting: Meeting) -> None:
    address, form = f"/mypage/meetings/{meeting.pk}/", f"/meetings/{meeting.pk}/sign-up/"
    assert form in as_member(MemberRole.EDITOR).get(address).text
    assert form not in as_member(MemberRole.VIEWER, name="読む団体").get(address).text


def test_who_gave_all_places_back_may_sign_up_again_from_my_page(
    as_member: AsMember, meeting: Meeting, kanagawa: Programme
) -> None:
    """Though another organisation has places."""
    member = as_member()
    with programme_scope(kanagawa):
        make_seat(meeting, member.member.partner, state=SeatState.CANCELLED)
        make_seat(meeting)
    assert f"/mypage/meetings/{meeting.pk}/" in member.get("/mypage/").text


# --- By the link in a mail ---------------------------------------------------------------------------------------------


def test_an_offered_place_is_taken_and_left_by_link(visit: Client, meeting: Meeting, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        seat = make_seat(meeting, state=SeatState.OFFERED, held_until=timezone.now() + timedelta(hours=1))
    address = f"/meetings/places/{seat.token}/"
    assert "席が空きました" in visit.get(address).text
    visit.post(address, {"deed": "take"})
    assert seats(kanagawa)[0][1] == SeatState.CONFIRMED
    assert "本当に取り消しますか" in visit.get(f"{address}?ask=leave").text
    visit.post(address, {"deed": "leave"})
    assert seats(kanagawa)[0][1] == SeatState.CANCELLED
    visit.post(address, {"deed": "undo"})
    assert seats(kanagawa)[0][1] == SeatState.CONFIRMED


def test_looking_at_the_link_changes_nothing(visit: Client, meeting: Meeting, kanagawa: Programme) -> None:
    """Mail programs open links before their readers do."""
    with programme_scope(kanagawa):
        seat = make_seat(meeting, state=SeatState.OFFERED, held_until=timezone.now() + timedelta(hours=1))
    for query in ("", "?ask=leave", "?deed=leave"):
        visit.get(f"/meetings/places/{seat.token}/{query}")
    assert seats(kanagawa)[0][1] == SeatState.OFFERED
    assert visit.post(f"/meetings/places/{seat.token}/", {"deed": "nonsense"}).status_code == 404
