"""The daily task: it reminds once, catches up, stops on a report, and leaves alone whoever has nothing due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Member, Partner
from portal.accounts.models import User
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from renewals.models import DutyMail, Reminder, Standing
from renewals.queries.receivers import receivers_of
from renewals.services.daily import look_again, look_at_due
from renewals.states import State
from renewals.tasks import look_at_deadlines
from tests.factories import make_member, make_partner, make_report, make_rules, make_user

# Cohort 7: renewal due on 30 November 2024.
SEVENTH = date(2022, 12, 22)
DUE = date(2024, 11, 30)
LONG_AGO = datetime(2022, 12, 22, tzinfo=UTC)


@pytest.fixture
def partner(in_kanagawa: Programme) -> Partner:
    make_rules()
    partner = make_partner(approved_on=SEVENTH, created_at=LONG_AGO)
    make_member(MemberRole.OWNER, partner, email="owner@aoba.example.jp")
    return partner


def days_before(days: int) -> date:
    return DUE - timedelta(days=days)


def sent() -> list[str]:
    return sorted(Reminder.objects.values_list("key", flat=True))


def test_a_reminder_on_its_day_and_once(partner: Partner) -> None:
    look_at_due(today=date(2024, 10, 21))
    assert sent() == []
    look_at_due(today=date(2024, 10, 22))
    assert sent() == ["renewal:2022-12-22:2024-11-30:-60"]
    for _ in range(3):
        look_at_due(today=days_before(30))
    assert sent() == ["renewal:2022-12-22:2024-11-30:-30", "renewal:2022-12-22:2024-11-30:-60"]
    _first, mail = OutgoingMail.objects.order_by("id")
    assert (mail.message, mail.to) == ("renewals.reminder", "owner@aoba.example.jp")
    # Nobody is woken: the round itself is in the night.
    assert f"{timezone.localtime(mail.due_at):%Y-%m-%d %H:%M}" == "2024-10-31 09:00"
    standing = Standing.objects.get(partner=partner)
    assert (standing.state, standing.due_on, standing.look_again_on) == (State.DUE, DUE, days_before(7))


def test_even_if_the_row_is_looked_at_again(partner: Partner) -> None:
    look_at_due(today=days_before(30))
    look_again(today=days_before(30))
    assert look_at_due(today=days_before(30)) == 1
    assert len(sent()) == OutgoingMail.objects.count() == 1


def test_an_outage_is_caught_up_with_the_latest_alone(partner: Partner) -> None:
    look_at_due(today=days_before(60))
    look_at_due(today=days_before(3))
    assert sent() == ["renewal:2022-12-22:2024-11-30:-7"]


def test_a_beginning_brings_no_flood_of_old_reminders(partner: Partner) -> None:
    Partner.objects.update(created_at=datetime(2024, 11, 27, tzinfo=UTC))
    look_at_due(today=days_before(3))
    assert sent() == []
    look_at_due(today=DUE)
    assert sent() == ["renewal:2022-12-22:2024-11-30:0"]


def test_nothing_after_the_report(partner: Partner) -> None:
    look_at_due(today=days_before(30))
    make_report(partner, None, received_on=days_before(20))
    look_again([partner.pk], today=days_before(20))
    for days in range(20, -30, -1):
        look_at_due(today=days_before(days))
    assert len(sent()) == 1


def test_who_is_silent_is_not_reminded_but_watched(partner: Partner) -> None:
    Standing.objects.create(partner=partner, silent_because="代表者の入院")
    look_at_due(today=days_before(30))
    assert sent() == []
    assert Standing.objects.get().state == State.DUE


def test_who_has_nothing_due_is_not_touched(partner: Partner) -> None:
    look_at_due(today=days_before(29))

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            look_at_due(today=days_before(28))
        return len(queries)

    one = statements()
    Partner.objects.bulk_create(Partner(name=f"団体{n}", number=10_000 + n, approved_on=SEVENTH) for n in range(40))
    look_at_due(today=days_before(29))
    assert look_at_due(today=days_before(28)) == 0
    assert statements() == one


def test_a_changed_partner_is_looked_at(partner: Partner) -> None:
    look_at_due(today=days_before(29))
    Partner.objects.update(approved_on=date(2023, 12, 22), revision=2)
    assert look_at_due(today=days_before(29)) == 1
    assert Standing.objects.get().due_on == date(2025, 3, 31)


def test_nobody_is_removed_by_the_clock(partner: Partner) -> None:
    for year in range(2024, 2034):
        look_at_due(today=date(year, 12, 1))
    partner.refresh_from_db()
    assert partner.state == "registered"
    assert Standing.objects.get().state in (State.TERM_EXPIRED, State.REMOVABLE)


def test_who_gets_the_mail(partner: Partner) -> None:
    def addresses() -> list[str]:
        return [receiver.address for receiver in receivers_of([partner])[partner.pk]]

    editor = make_member(MemberRole.EDITOR, partner, email="editor@aoba.example.jp")
    viewer = make_member(MemberRole.VIEWER, partner, email="viewer@aoba.example.jp")
    assert addresses() == ["owner@aoba.example.jp", "editor@aoba.example.jp"]
    DutyMail.objects.create(member=editor, wants=False)
    DutyMail.objects.create(member=viewer, wants=True)
    assert addresses() == ["owner@aoba.example.jp", "viewer@aoba.example.jp"]
    for member in (viewer, Member.objects.owners().get()):
        DutyMail.objects.update_or_create(member=member, defaults={"wants": False})
    assert addresses() == ["owner@aoba.example.jp"]
    User.objects.update(is_active=False)
    assert addresses() == []
    partner.contact_email = "office@aoba.example.jp"
    assert addresses() == ["office@aoba.example.jp"]


def test_the_mail_is_in_its_reader_s_language(partner: Partner) -> None:
    make_member(MemberRole.EDITOR, partner, user=make_user("editor@aoba.example.jp", language="en"))
    look_at_due(today=days_before(30))
    assert dict(OutgoingMail.objects.values_list("to", "language")) == {
        "owner@aoba.example.jp": "ja", "editor@aoba.example.jp": "en",
    }  # fmt: skip


def test_the_round_goes_through_programmes_that_have_reports(partner: Partner, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        make_rules("nagasaki")
        make_partner(approved_on=date(2022, 1, 1))
        tokyo.features = []
        tokyo.save()
    look_at_deadlines()
    assert Standing.objects.count() == 1
    with programme_scope(tokyo):
        assert Standing.objects.count() == 0
