from collections.abc import Callable

from django.test import Client

from meetings.models import MeetingSettings
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole


def test_settings_that_there_are_already_are_refused_in_words(
    as_staff: Callable[..., Client], kanagawa: Programme
) -> None:
    """The row's own complaint is about the programme, which the form does not show."""
    with programme_scope(kanagawa):
        MeetingSettings.objects.create()
    data = {
        "closing_days": "1", "closing_time": "12:00", "offer_hours": "24", "reminder_time": "9:00",
    }  # fmt: skip
    page = as_staff(StaffRole.APPROVER).post("/admin/meetings/meetingsettings/add/", data)
    assert page.status_code == 200
    assert "既に存在します" in page.text
    with programme_scope(kanagawa):
        assert MeetingSettings.objects.count() == 1
