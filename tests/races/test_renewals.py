"""A report and the office's decision at the same moment: neither stops the other half-way, and one order comes out."""

from datetime import date
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from partners.models import Partner
from partners.services.numbers import locked_settings
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from renewals.models import Docket, DocketEntry
from renewals.queries.records import owed_by
from renewals.services.docket import decide_removal, open_docket
from renewals.services.reports import Content, submit_report
from renewals.stages import DocketState
from tests.factories import make_acting, make_actor, make_member, make_partner, make_programme, make_rules
from tests.races.test_matching import at_once

TODAY = timezone.localdate()
TEXTS = dict.fromkeys(("meetings", "calls", "collaborations", "free"), "") | {"business": "再開しました。"}


def test_a_report_and_the_removal(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        make_rules()
        with transaction.atomic():
            locked_settings()
        member = make_member(MemberRole.OWNER, make_partner(approved_on=date(2023, 6, 1)))
        owner, approver = make_acting(member), make_actor(StaffRole.APPROVER, programme)
        docket = open_docket(partner_id=member.partner_id, actor=approver)
        Docket.objects.update(state=DocketState.HEARING)
        DocketEntry.objects.create(docket=docket, kind=DocketEntry.Kind.HEARD)
        what = str(owed_by(member.partner, TODAY).duties[0].fiscal_year)
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
