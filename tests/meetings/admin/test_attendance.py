"""The list of participants, the door, and what goes to a partner's timeline."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from meetings.models import Meeting, Seat
from partners.models import Activity
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_meeting, make_seat

AsStaff = Callable[..., Client]


@pytest.fixture
def seats(kanagawa: Programme) -> list[Seat]:
    with programme_scope(kanagawa):
        meeting = make_meeting()
        return [
            make_seat(meeting, name="山田 花子"),
            make_seat(meeting, name="佐藤 健"),
            make_seat(meeting, state="waiting"),
        ]


@pytest.fixture
def address(seats: list[Seat]) -> str:
    return f"/admin/meetings/meeting/{seats[0].meeting_id}/people/"


def attended(kanagawa: Programme) -> set[int]:
    with programme_scope(kanagawa):
        return set(Seat.objects.filter(attended_at__isnull=False).values_list("pk", flat=True))


def timeline(kanagawa: Programme) -> set[int]:
    with programme_scope(kanagawa):
        return set(Activity.objects.filter(kind=Activity.Kind.MEETING).values_list("partner", flat=True))


def test_ticks_are_kept_and_go_to_the_timeline(
    as_staff: AsStaff, seats: list[Seat], address: str, kanagawa: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    first, second, waiting = seats
    officer.post(address, {"_keep": "1", "present": [first.pk, waiting.pk, "x", "9" * 40]})
    assert attended(kanagawa) == {first.pk}
    assert timeline(kanagawa) == {first.sign_up.partner_id}
    # A mistake is mended: the line goes, another comes.
    officer.post(address, {"_keep": "1", "present": [second.pk], "was": [first.pk]})
    assert attended(kanagawa) == {second.pk}
    assert timeline(kanagawa) == {second.sign_up.partner_id}


def test_who_is_checked_in_while_the_list_lies_open_stays(
    as_staff: AsStaff, seats: list[Seat], address: str, kanagawa: Programme
) -> None:
    officer, (first, second, _waiting) = as_staff(StaffRole.OFFICER), seats
    officer.post(address, {"_keep": "1", "present": [second.pk]})
    page = officer.get(address).text
    assert re.findall(r'name="was" value="(\d+)"', page) == [str(second.pk)]
    officer.post(f"/admin/meetings/meeting/check-in/{first.token}/")
    officer.post(address, {"_keep": "1", "was": [second.pk]})
    assert attended(kanagawa) == {first.pk}
    assert timeline(kanagawa) == {first.sign_up.partner_id}


def test_the_list_is_for_reading_and_its_opening_is_on_record(
    as_staff: AsStaff, seats: list[Seat], address: str, kanagawa: Programme
) -> None:
    reader = as_staff(StaffRole.READ_ONLY)
    page = reader.get(address).text
    assert "山田 花子" in page
    assert "出席を記録する" not in page
    assert reader.post(address, {"_keep": "1", "present": [seats[0].pk]}).status_code == 403
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.PERSON_VIEWED, subject_type=Meeting._meta.label_lower).exists()


def test_a_tools_list_ticks_and_keeps_nothing_yet(
    as_staff: AsStaff, seats: list[Seat], address: str, kanagawa: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    table = f"Name,User Email\n山田花子,\nだれか,{seats[1].email}\niPhone,\n".encode()
    page = officer.post(address, {"_read": "1", "file": SimpleUploadedFile("participants.csv", table)}).text
    assert "ファイルから2人の出席" in page
    assert "iPhone" in page
    assert page.count(" checked") == 2
    assert not attended(kanagawa)
    bad = officer.post(address, {"_read": "1", "file": SimpleUploadedFile("a.csv", "日付,時刻\n1,2\n".encode())}).text
    assert "列が見つかりません" in bad


def test_a_code_at_the_door_is_looked_at_and_confirmed(
    as_staff: AsStaff, seats: list[Seat], kanagawa: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    address = f"/admin/meetings/meeting/check-in/{seats[0].token}/"
    assert "山田 花子" in officer.get(address).text
    assert not attended(kanagawa)
    for _scan in range(2):
        officer.post(address)
    assert attended(kanagawa) == {seats[0].pk}
    officer.post(f"/admin/meetings/meeting/check-in/{seats[2].token}/")
    assert attended(kanagawa) == {seats[0].pk}
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.ATTENDANCE_SET).count() == 1
