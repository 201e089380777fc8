"""How partners stand, on the staff's desk: dates with reasons, tomorrow's reminders, and silence for a reason."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.timezone import localdate as today

from partners.models import Partner
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.registry import mail_segments, work_queues
from renewals.duties import ReportDuty
from renewals.models import Reminder, RuleVersion, Standing
from renewals.queries.records import owed_by
from renewals.queries.reminding import preview
from renewals.services.daily import look_at_due
from renewals.services.reminding import choose_duty_mail, silence, speak_again
from renewals.states import State
from tests.factories import make_actor, make_member, make_partner, make_rules

AsStaff = Callable[..., Client]


def tomorrow() -> date:
    return today() + timedelta(days=1)


LONG_AGO = datetime(2019, 4, 23, tzinfo=UTC)
LIST = "/admin/renewals/standing/"


@pytest.fixture
def standing(kanagawa: Programme) -> Standing:
    """Of a partner whose next reminder is tomorrow's."""
    with programme_scope(kanagawa):
        make_rules(first_year_cutoff=None)
        partner = make_partner(approved_on=today() - timedelta(days=1), created_at=LONG_AGO)
        make_member(MemberRole.OWNER, partner, email="owner@aoba.example.jp")
        duty = owed_by(partner, today()).duties[0]
        assert isinstance(duty, ReportDuty)
        version = RuleVersion.objects.get(name="新要綱")
        version.data |= {"reminder_days": [-(duty.due_on - tomorrow()).days]}
        version.save()
        look_at_due(today=today())
        return Standing.objects.get(partner=partner)


def test_the_page_says_every_date_and_why(as_staff: AsStaff, standing: Standing) -> None:
    browser = as_staff(StaffRole.READ_ONLY)
    assert "株式会社あおばソーラー" in browser.get(LIST).text
    page = browser.get(f"{LIST}{standing.pk}/change/").text
    assert "今日の状況" in page and "「新要綱」により" in page


def test_what_is_planned_is_what_is_sent(as_staff: AsStaff, standing: Standing, kanagawa: Programme) -> None:
    page = as_staff(StaffRole.READ_ONLY).get(f"{LIST}reminders/").text
    assert "owner@aoba.example.jp" in page
    with programme_scope(kanagawa):
        assert preview(today()).planned == []
        [planned] = preview(tomorrow()).planned
        assert preview(tomorrow() + timedelta(days=1)).planned == []
        look_at_due(today=tomorrow())
        assert Reminder.objects.get().key.startswith(planned.lines[0].duty.key)
        assert OutgoingMail.objects.get().to == planned.receivers[0].address


@pytest.mark.parametrize("day", ["2020-01-01", "2099-01-01", "nonsense"])
def test_a_day_that_cannot_be_foretold(as_staff: AsStaff, standing: Standing, day: str) -> None:
    page = as_staff(StaffRole.READ_ONLY).get(f"{LIST}reminders/", {"on": day}).text
    assert "エラー：" in page


def test_silence_for_a_reason_and_again(standing: Standing, kanagawa: Programme, as_staff: AsStaff) -> None:
    with programme_scope(kanagawa):
        officer, reader = make_actor(StaffRole.OFFICER, kanagawa), make_actor(StaffRole.READ_ONLY, kanagawa)
        with pytest.raises(PermissionDenied):
            silence(standing_id=standing.pk, reason="入院", actor=reader)
        with pytest.raises(ValidationError):
            silence(standing_id=standing.pk, reason=" ", actor=officer)
        silence(standing_id=standing.pk, reason="代表者の入院", actor=officer)
        assert preview(tomorrow()).planned == []
        look_at_due(today=tomorrow())
        assert not Reminder.objects.exists()
        with pytest.raises(ValidationError):
            silence(standing_id=standing.pk, reason="もう一度", actor=officer)
        speak_again(standing_id=standing.pk, actor=officer)
        look_at_due(today=tomorrow())
        assert Reminder.objects.count() == 1
        with pytest.raises(ValidationError):
            speak_again(standing_id=standing.pk, actor=officer)


def test_a_persons_own_choice(as_member: Callable[..., Client], kanagawa: Programme) -> None:
    browser = as_member(MemberRole.VIEWER)
    browser.post("/renewals/mail/", {"wants": "1"})
    with programme_scope(kanagawa):
        assert browser.member.duty_mail.wants
    browser.post("/renewals/mail/", {})
    with programme_scope(kanagawa):
        browser.member.duty_mail.refresh_from_db()
        assert not browser.member.duty_mail.wants
        with pytest.raises(PermissionDenied):
            choose_duty_mail(wants=True, actor=Actor())


def test_the_list_of_the_day_and_the_segment(standing: Standing, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        queue = work_queues["renewals.removable"]
        assert queue.count() == 0
        segment = mail_segments["renewals.missing"]
        assert [one.address for one in segment.receivers("due")] == ["owner@aoba.example.jp"]
        assert segment.receivers("late") == segment.receivers("nonsense") == []
        Standing.objects.update(state=State.REMOVABLE)
        assert queue.count() == 1
        [item] = queue.items()
        assert item.title == "株式会社あおばソーラー" and str(standing.pk) in item.url
        Partner.objects.update(state="ended")
        assert segment.receivers("late") == []
