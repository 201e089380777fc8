"""Applications decided, sent and numbered at the same moment, over real connections."""

import pytest
from django.utils import timezone

from partners.models import Application, Batch, Member, Partner
from partners.queries.registration import fingerprint
from partners.services.importing import start_import, work_on
from partners.services.registration import (
    approve_application,
    ask_to_apply,
    return_application,
    send_application,
    withdraw_application,
)
from partners.states import ApplicationState
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor, make_application, make_checked_application, make_programme
from tests.partners.services.test_importing import tried
from tests.races.together import at_once

DECISIONS = [Action.APPLICATION_APPROVED, Action.APPLICATION_RETURNED, Action.APPLICATION_WITHDRAWN]


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    make_programme("tokyo")
    return make_programme("kanagawa")


def test_of_several_officers_one_approves(kanagawa: Programme) -> None:
    actors = [make_actor(StaffRole.OFFICER, kanagawa) for _ in range(4)]
    with programme_scope(kanagawa):
        application = make_checked_application()
    day = timezone.localdate()
    done = at_once(
        kanagawa,
        *(lambda a=a: approve_application(application=application, approved_on=day, actor=a) for a in actors),  # type: ignore[misc]
    )
    assert done.count(True) == 1
    with programme_scope(kanagawa):
        assert Partner.objects.count() == Member.objects.count() == 1
        assert AuditEvent.objects.filter(action=Action.APPLICATION_APPROVED).count() == 1
        assert OutgoingMail.objects.filter(message="partners.application_approved").count() == 1


def test_approving_returning_and_withdrawing_cross(kanagawa: Programme) -> None:
    actor = make_actor(StaffRole.OFFICER, kanagawa)
    with programme_scope(kanagawa):
        application = make_checked_application()
    day = timezone.localdate()
    at_once(
        kanagawa,
        lambda: approve_application(application=application, approved_on=day, actor=actor),
        lambda: return_application(application=application, reason="直してください。", actor=actor),
        lambda: withdraw_application(application=application),
    )
    with programme_scope(kanagawa):
        application.refresh_from_db()
        was_approved = application.state == ApplicationState.APPROVED
        assert Partner.objects.exists() == was_approved
        decided = list(AuditEvent.objects.filter(action__in=DECISIONS).values_list("action", flat=True))
        # What is approved is not returned, and the other way round; a returned one may still be withdrawn.
        assert (Action.APPLICATION_APPROVED in decided) == was_approved
        assert len(decided) == (1 if was_approved else len(set(decided)))


def test_two_sends_are_one(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    seen = fingerprint(application.data)
    assert all(at_once(kanagawa, *[lambda: send_application(application=application, seen=seen)] * 4))
    with programme_scope(kanagawa):
        application.refresh_from_db()
        assert application.versions.count() == 1
        assert OutgoingMail.objects.filter(message="partners.application_sent").count() == 1


def test_no_number_is_given_twice(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        applications = [make_application(f"a{number}@example.jp") for number in range(5)]
    send = [
        lambda one=one: send_application(application=one, seen=fingerprint(one.data))  # type: ignore[misc]
        for one in applications
    ]
    assert all(at_once(kanagawa, *send))
    with programme_scope(kanagawa):
        assert Batch.objects.count() == 1
        receipts = Application.objects.values_list("receipt", flat=True)
        assert sorted(receipt[-3:] for receipt in receipts) == ["001", "002", "003", "004", "005"]
        Application.objects.update(checklist=["published", "same", "contact"])
    actor, day = make_actor(StaffRole.OFFICER, kanagawa), timezone.localdate()
    approve = [
        lambda one=one: approve_application(application=one, approved_on=day, actor=actor)  # type: ignore[misc]
        for one in applications
    ]
    assert all(at_once(kanagawa, *approve))
    with programme_scope(kanagawa):
        assert list(Partner.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_asking_twice_makes_one_draft(kanagawa: Programme) -> None:
    ask = [lambda: ask_to_apply(address="midori@minato.example.jp", language="ja")] * 4
    assert all(at_once(kanagawa, *ask))
    with programme_scope(kanagawa):
        assert Application.objects.count() == 1


def test_an_approval_and_an_import_do_not_cross_over_a_number(kanagawa: Programme) -> None:
    officer = make_actor(StaffRole.OFFICER, kanagawa)
    with programme_scope(kanagawa):
        applications = [make_checked_application(f"a{number}@example.jp") for number in range(3)]
        run = tried(officer, *({"名称": f"団体{number}", "登録番号": ""} for number in range(3)))
        start_import(run=run, actor=officer)
    day = timezone.localdate()
    approve = [
        lambda one=one: approve_application(application=one, approved_on=day, actor=officer)  # type: ignore[misc]
        for one in applications
    ]
    assert all(at_once(kanagawa, lambda: work_on(run.pk), *approve))
    with programme_scope(kanagawa):
        assert list(Partner.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
