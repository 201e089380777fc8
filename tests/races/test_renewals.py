"""Reports, decisions of the office and the daily round at the same moment: none stops another half-way for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

from django.db import connection, transaction
from django.utils.timezone import localdate as today

from partners.models import Partner
from partners.services.records import lock_partner
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from portal.web.models import Channel
from renewals.models import Docket, DocketEntry, Reminder, Report, Standing
from renewals.queries.records import owed_by
from renewals.services.daily import look_again, look_at_due, refresh_standing
from renewals.services.docket import decide_removal, open_docket
from renewals.services.reminding import silence, speak_again
from renewals.services.reports import Content, ReportEntry, covers_year, enter_report, submit_report
from renewals.stages import DocketState
from tests.factories import make_acting, make_actor, make_member, make_partner, make_programme, make_rules
from tests.races.together import at_once

TEXTS = dict.fromkeys(("meetings", "calls", "collaborations", "free"), "") | {"business": "再開しました。"}


def test_a_report_and_the_removal(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        make_rules()
        member = make_member(MemberRole.OWNER, make_partner(approved_on=date(2023, 6, 1)))
        owner, approver = make_acting(member), make_actor(StaffRole.APPROVER, programme)
        docket = open_docket(partner_id=member.partner_id, actor=approver)
        Docket.objects.update(state=DocketState.HEARING)
        DocketEntry.objects.create(docket=docket, kind=DocketEntry.Kind.HEARD)
        what = str(owed_by(member.partner, today()).duties[0].fiscal_year)
    sent, removed = at_once(
        programme,
        lambda: submit_report(
            form_key=uuid4(), partner_id=member.partner_id, what=what, content=Content(TEXTS), actor=owner
        ),
        lambda: decide_removal(docket_id=docket.pk, reason="要綱による", actor=approver),
    )
    assert sent != removed
    with programme_scope(programme):
        docket.refresh_from_db()
        assert docket.state == (DocketState.CLOSED if sent else DocketState.REMOVED)
        assert (Partner.objects.get().state == "ended") is removed


# Under the new rules from its first day: the first report is due on 31 March 2026, the first reminder 60 days before.
APPROVED, REMINDED = date(2025, 5, 1), date(2026, 1, 30)
LONG_AGO = "2025-05-01T00:00:00+09:00"


def test_the_round_reminds_while_a_partner_is_locked(committed: None) -> None:
    """A service has the partner, and wants its standing; the round has the standings, and writes rows that name partners."""
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        make_rules()
        partner = make_partner(approved_on=APPROVED, created_at=LONG_AGO)

    def round_of_the_day() -> int:
        try:
            with programme_scope(programme), connection.cursor() as cursor:
                # Only so that this test fails, in place of waiting for ever, where the round waits for the partner.
                cursor.execute("SET lock_timeout = '5s'")
                return look_at_due(today=REMINDED)
        finally:
            connection.close()

    with programme_scope(programme), transaction.atomic(), ThreadPoolExecutor(1) as pool:
        locked = lock_partner(partner.pk)
        assert pool.submit(round_of_the_day).result() == 1
        refresh_standing(locked, REMINDED)
    with programme_scope(programme):
        assert Reminder.objects.count() == Standing.objects.count() == 1


def test_rounds_reports_and_changes_for_all(committed: None) -> None:
    """Many rows in each, in many orders: all come through."""
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        make_rules()
        officer = make_actor(StaffRole.OFFICER, programme)
        partners = [make_partner(approved_on=APPROVED, created_at=LONG_AGO) for _ in range(12)]
        look_at_due(today=date(2025, 6, 1))
        for partner in partners[::-2]:
            # The rows are no longer in the order of the partners.
            silence(standing_id=partner.standing.pk, reason="確認中", actor=officer)
            speak_again(standing_id=partner.standing.pk, actor=officer)
        entry = ReportEntry(received_on=today(), how=Channel.FAX, why="FAXで受付", covers=covers_year(2025))
    assert all(
        at_once(
            programme,
            lambda: look_at_due(today=REMINDED),
            lambda: look_again(today=REMINDED),
            lambda: look_at_due(today=REMINDED),
            lambda: look_again([partner.pk for partner in reversed(partners)], today=REMINDED),
            *(
                lambda partner=partner: enter_report(
                    form_key=uuid4(), partner_id=partner.pk, content=Content(TEXTS), entry=entry, actor=officer
                )
                for partner in partners[:3]
            ),
        )
    )
    with programme_scope(programme):
        look_at_due(today=REMINDED)
        keys = Reminder.objects.values_list("partner", "key")
        assert len(keys) == len(set(keys)) >= 9
        assert Report.objects.count() == 3


def test_pressed_twice_at_once_it_is_entered_once(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        make_rules()
        officer, partner, key = make_actor(StaffRole.OFFICER, programme), make_partner(approved_on=APPROVED), uuid4()
    entry = ReportEntry(received_on=today(), how=Channel.FAX, why="FAXで受付", covers=covers_year(2025))
    deeds = [
        lambda: enter_report(
            form_key=key, partner_id=partner.pk, content=Content(TEXTS), entry=entry, actor=officer
        )
    ] * 3  # fmt: skip
    assert at_once(programme, *deeds) == [True] * 3
    with programme_scope(programme):
        assert Report.objects.count() == 1
