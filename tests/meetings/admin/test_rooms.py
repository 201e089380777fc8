"""Breakout rooms on the staff's screen."""

from collections.abc import Callable

from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_meeting, make_seat


def test_rooms_are_made_and_found_again(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    reader = as_staff(StaffRole.READ_ONLY)
    with programme_scope(kanagawa):
        meeting = make_meeting(format="hybrid", venue="会議室")
        seats = [make_seat(meeting) for _ in range(6)]
        onsite = make_seat(meeting, mode="onsite")
        waiting = make_seat(meeting, state="waiting")
    address = f"/admin/meetings/meeting/{meeting.pk}/rooms/"
    assert reader.get(address).status_code == 200
    made = reader.get(address, {"rooms": 3, "way": "mixed", "is_online": "on"})
    page = reader.get(made["Location"]).text
    assert reader.get(made["Location"]).text.split("<main")[-1] == page.split("<main")[-1]
    assert page.count("（2人）") == 3
    assert all(seat.name in page for seat in seats)
    assert f">{onsite.name}（" not in page
    assert f">{waiting.name}（" not in page


def test_what_cannot_be_is_said(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting()
    page = as_staff(StaffRole.OFFICER).get(
        f"/admin/meetings/meeting/{meeting.pk}/rooms/", {"rooms": "0", "way": "x", "seed": "9" * 30}
    )
    assert page.status_code == 200
    assert "エラー：" in page.text
