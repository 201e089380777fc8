"""Rejected and withdrawn applications: their personal data go after the programme's time; figures stay."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from partners.intake import months_before
from partners.models import Application, Fact, Member, Partner, RegistrationSettings
from partners.services.forgetting import forget_closed_applications
from partners.services.registration import reject_application, withdraw_application
from partners.states import ApplicationState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor, make_sent_application

NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def rejected(programme: Programme, at: datetime, email: str = "midori@minato.example.jp") -> Application:
    application = make_sent_application(email, kind="sole-trader")
    reject_application(
        application=application, reason="要件に当たらない", actor=make_actor(StaffRole.OFFICER, programme)
    )
    Application.objects.filter(pk=application.pk).update(decided_at=at)
    return application


@pytest.mark.parametrize(
    ("months", "before"),
    [(0, (2026, 8, 31)), (1, (2026, 7, 31)), (6, (2026, 2, 28)), (12, (2025, 8, 31)), (20, (2024, 12, 31))],
)
def test_months_end_where_there_is_no_such_day(months: int, before: tuple[int, int, int]) -> None:
    assert months_before(NOW, months) == datetime(*before, 12, tzinfo=UTC)


def test_what_is_personal_goes_and_what_is_counted_stays(kanagawa: Programme, tokyo: Programme) -> None:
    edge = months_before(NOW, 6)
    with programme_scope(tokyo):
        elsewhere = rejected(tokyo, edge - timedelta(days=900))
        RegistrationSettings.objects.update(keep_closed_months=0)
        assert forget_closed_applications(NOW) == 0
    with programme_scope(kanagawa):
        old = rejected(kanagawa, edge - timedelta(seconds=1))
        RegistrationSettings.objects.update(keep_closed_months=6)
        young = rejected(kanagawa, edge, "other@minato.example.jp")
        open_one = make_sent_application("open@minato.example.jp")
        link = old.link_hash
        assert forget_closed_applications(NOW) == 1
        assert forget_closed_applications(NOW) == 0
        old.refresh_from_db()
        assert (old.name, old.email, old.comment, old.versions.count()) == ("", "", "", 0)
        assert set(old.data) == {"kind", "municipality", "industry_division", "goals"}
        assert (old.state, bool(old.receipt), bool(old.batch), old.forgotten_at) == ("rejected", True, True, NOW)
        assert old.link_hash != link
        for kept in (young, open_one):
            kept.refresh_from_db()
            assert kept.name == "株式会社みなとデザイン" and kept.versions.count() == 1
        [event] = AuditEvent.objects.filter(action=Action.APPLICATION_FORGOTTEN)
        assert (event.actor, event.subject_id) == (None, str(old.pk))
    with programme_scope(tokyo):
        elsewhere.refresh_from_db()
        assert elsewhere.name


def test_a_partner_that_was_never_confirmed_is_forgotten_too(kanagawa: Programme, tokyo: Programme) -> None:
    tokyo.features = [*tokyo.features, Feature.UNCONFIRMED_MEMBERS]
    tokyo.save()
    with programme_scope(tokyo):
        application = make_sent_application(kind="sole-trader", name="港 みどり")
        withdraw_application(application=application)
        assert application.state == ApplicationState.SENT
        Application.objects.update(decided_at=timezone.now() - timedelta(days=800))
        assert forget_closed_applications(timezone.now()) == 1
        partner = Partner.objects.get()
        assert (partner.name, partner.contact_name, partner.contact_email, partner.address) == (
            "（消去済み）",
            "",
            "",
            "",
        )
        assert partner.kind == "sole-trader"
        assert not Fact.objects.filter(field="name").exists()
        assert not Member.objects.exclude(name="").exists()
        changed = AuditEvent.objects.get(action=Action.APPLICATION_FORGOTTEN, subject_type="partners.partner")
        assert set(changed.changes.values()) == {None}
