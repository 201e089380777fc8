"""The staff's screens of meetings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting
from meetings.states import MeetingState
from portal.files.models import StoredFile
from portal.notices.models import Mailing
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_meeting, make_seat

AsStaff = Callable[..., Client]
LIST = "/admin/meetings/meeting/"
NO_ROWS = {
    f"{name}-{key}": value
    for name in ("items", "joining", "questions", "invitations")
    for key, value in {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}.items()
}


def typed(**changes: Any) -> dict[str, Any]:
    starts_at = timezone.localtime() + timedelta(days=30)
    usual = {
        "title": "新しい会", "kind": "seminar", "visibility": "public", "format": "online", "most_people": "3",
        "takes_sign_ups": "on", "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "ends_at": f"{starts_at + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return usual | NO_ROWS | changes


def act(officer: Client, name: str, meeting: Meeting, **data: str) -> Any:
    """Look at what would happen, then do it, as the confirm page does."""
    chosen = {"action": name, "_selected_action": meeting.pk, "from_object": "1"}
    page = officer.post(LIST, chosen).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    return officer.post(LIST, chosen | {"seen": seen} | {f"with-{key}": value for key, value in data.items()})


def test_a_meeting_is_written_and_published(as_staff: AsStaff, kanagawa: Programme, visit: Client) -> None:
    officer = as_staff(StaffRole.OFFICER)
    assert officer.post(f"{LIST}add/", typed()).status_code == 302
    with programme_scope(kanagawa):
        meeting = Meeting.objects.get()
    assert meeting.state == MeetingState.DRAFT
    assert "新しい会" not in visit.get("/meetings/").text
    act(officer, "publish", meeting)
    assert "新しい会" in visit.get("/meetings/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_at": "2026-01-01T10:00"}, "開始よりあと"),
        ({"format": "onsite"}, "会場を入力してください"),
        ({"visibility": "region"}, "地域を選んでください"),
        ({"closing_by_hand": "2099-01-01T10:00"}, "開始までの日時"),
    ],
)
def test_what_cannot_be_is_said(as_staff: AsStaff, kanagawa: Programme, changes: dict[str, str], words: str) -> None:
    page = as_staff(StaffRole.OFFICER).post(f"{LIST}add/", typed(**changes)).text
    assert words in page
    with programme_scope(kanagawa):
        assert not Meeting.objects.exists()


def test_the_list_is_narrowed_to_the_year_that_the_page_shows(as_staff: AsStaff, kanagawa: Programme) -> None:
    day = timezone.datetime.fromisoformat("2026-03-31T10:00:00+09:00")
    with programme_scope(kanagawa):
        make_meeting(title="三月の会", starts_at=day, ends_at=day + timedelta(hours=1))
        make_meeting(title="次年度の会", fiscal_year=2026, starts_at=day, ends_at=day + timedelta(hours=1))
    page = as_staff(StaffRole.OFFICER).get(LIST, {"year": "2025"}).text
    assert "三月の会" in page and "次年度の会" not in page
    assert "2026年度 (1)" in page and "2025年度 (1)" in page


def test_rows_that_nobody_sent_are_not_made_up(as_staff: AsStaff, kanagawa: Programme) -> None:
    """Thousands of rows were drawn for one number, until the database hung up."""
    lie = {name: "999999999" for name in NO_ROWS if name.endswith("TOTAL_FORMS")}
    answer = as_staff(StaffRole.OFFICER).post(f"{LIST}add/", typed(**lie) | {"items-3-title": "x"})
    assert answer.status_code == 200
    inlines = answer.context["inline_admin_formsets"]
    assert {one.formset.prefix: len(one.formset.forms) for one in inlines} == {
        "items": 4, "joining": 0, "questions": 0, "invitations": 0,
    }  # fmt: skip
    with programme_scope(kanagawa):
        assert not Meeting.objects.exists()


def test_a_room_that_is_too_small_comes_back_on_the_form(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        meeting = make_meeting()
        make_seat(meeting), make_seat(meeting)
    page = officer.post(f"{LIST}{meeting.pk}/change/", typed(online_capacity="1")).text
    assert "2人います" in page


def test_the_time_of_a_public_meeting_is_changed_by_its_deed_alone(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        meeting = make_meeting()
    officer.post(f"{LIST}{meeting.pk}/change/", typed(starts_at="2030-01-01T10:00", ends_at="2030-01-01T11:00"))
    with programme_scope(kanagawa):
        assert Meeting.objects.get().starts_at == meeting.starts_at
    act(officer, "move", meeting, starts_at="2030-01-01T10:00", ends_at="2030-01-01T11:00", notice="")
    with programme_scope(kanagawa):
        moved = Meeting.objects.get()
    assert timezone.localtime(moved.starts_at).year == 2030
    act(officer, "cancel", moved, reason="台風")
    assert officer.get(f"{LIST}{meeting.pk}/change/").status_code == 200
    with programme_scope(kanagawa):
        assert Meeting.objects.get().state == MeetingState.CANCELLED


def test_announcing_and_writing_make_drafts(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        meeting = make_meeting()
        make_seat(meeting)
    act(officer, "announce", meeting, receivers="partners|")
    act(officer, "write", meeting)
    with programme_scope(kanagawa):
        assert set(Mailing.objects.values_list("segment", "choice")) == {
            ("partners", ""),
            ("meetings.participants", str(meeting.pk)),
        }


def test_materials_are_put_beside_a_meeting(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        meeting = make_meeting()
    file = SimpleUploadedFile("案内.pdf", b"%PDF-1.7\nstartxref\n0\n%%EOF\n")
    assert officer.post(f"{LIST}{meeting.pk}/materials/", {"materials": file}).status_code == 302
    with programme_scope(kanagawa):
        assert StoredFile.objects.of(meeting, "materials").count() == 1


def test_a_place_is_freed_on_behalf(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        seat = make_seat(make_meeting())
    chosen = {"action": "free", "_selected_action": seat.pk}
    seen = officer.post("/admin/meetings/seat/", chosen).text.partition('name="seen" value="')[2].partition('"')[0]
    officer.post("/admin/meetings/seat/", chosen | {"seen": seen})
    with programme_scope(kanagawa):
        seat.refresh_from_db()
    assert seat.state == "cancelled"


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_many(
    as_staff: AsStaff, kanagawa: Programme, count: int, django_assert_max_num_queries: Any
) -> None:
    reader = as_staff(StaffRole.READ_ONLY)
    with programme_scope(kanagawa):
        for _ in range(count):
            make_seat(make_meeting())
    for address in (LIST, "/admin/meetings/seat/"):
        reader.get(address)
        with django_assert_max_num_queries(24):
            assert reader.get(address).status_code == 200
