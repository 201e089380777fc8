"""The record is forgotten by the programme's rule alone, by the owner of the tables, and that stands on record."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from portal.audit import services
from portal.audit.models import Action, AuditEvent
from portal.audit.services import OWNER
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.services.programmes import change_programme
from tests import servers
from tests.factories import make_actor, make_programme


def record_of(programme: Programme, years_ago: int, days_more: int) -> None:
    """A record of another time: nothing that is written now can be dated back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditevent (programme_id, at, action, subject_type, subject_id, changes, reason)"
            " VALUES (%s, now() - make_interval(years => %s, days => %s), 'row.changed', 'x.y', '1', '{}', '')",
            [programme.pk, years_ago, days_more],
        )


@pytest.fixture
def kept_for_five(committed: None) -> Programme:
    programme, other = make_programme("kanagawa", record_years=5), make_programme("tokyo")
    for one in (programme, other):
        with programme_scope(one):
            record_of(one, 5, 1)
            record_of(one, 5, -1)
    return programme


def test_what_is_older_than_the_rule_goes_and_nothing_else(kept_for_five: Programme) -> None:
    for _twice in range(2):
        call_command("forget_records", verbosity=0)
    with programme_scope(kept_for_five):
        assert AuditEvent.objects.filter(subject_type="x.y").count() == 1
        [forgotten] = AuditEvent.objects.filter(action=Action.RECORDS_FORGOTTEN)
        assert forgotten.changes == {"rows": [None, 1], "record_years": [None, 5]}
    with programme_scope(Programme.objects.get(slug="tokyo")):
        assert AuditEvent.objects.filter(subject_type="x.y").count() == 2


def test_slice_by_slice_each_on_record(kept_for_five: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SLICE", 2)
    with programme_scope(kept_for_five):
        for _ in range(4):
            record_of(kept_for_five, 6, 0)
        call_command("forget_records", verbosity=0)
        assert AuditEvent.objects.filter(subject_type="x.y").count() == 1
        forgotten = AuditEvent.objects.filter(action=Action.RECORDS_FORGOTTEN).order_by("id")
        assert [event.changes["rows"] for event in forgotten] == [[None, 2], [None, 2], [None, 1]]


def test_what_fails_for_one_programme_is_said_and_the_others_are_served(kept_for_five: Programme) -> None:
    Programme.objects.update(record_years=5)
    first, second = Programme.objects.all()
    with (
        servers.postgres.connect(connection.settings_dict["NAME"]) as admin,
        admin.transaction(),
        connections[OWNER].cursor() as owner,
    ):
        admin.execute("SELECT FROM audit_auditevent WHERE programme_id = %s FOR UPDATE", [first.pk])
        owner.execute("SET lock_timeout = '50ms'")
        with pytest.raises(CommandError, match=first.slug):
            call_command("forget_records", verbosity=0)
    for programme, left in ((first, 2), (second, 1)):
        with programme_scope(programme):
            assert AuditEvent.objects.filter(subject_type="x.y").count() == left


def test_nobody_deletes_around_the_rule(kept_for_five: Programme) -> None:
    with programme_scope(kept_for_five):
        # The application deletes nothing, not even what the rule would let go.
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_auditevent WHERE at < now() - interval '5 years'")
        # The owner deletes nothing younger, and changes nothing at all.
        for statement in ("DELETE FROM audit_auditevent", "UPDATE audit_auditevent SET reason = 'x'"):
            with pytest.raises(DatabaseError, match="append-only"), connections[OWNER].cursor() as cursor:
                cursor.execute(statement)
        assert AuditEvent.objects.filter(subject_type="x.y").count() == 2


def test_the_word_that_something_was_forgotten_stays(kept_for_five: Programme) -> None:
    with programme_scope(kept_for_five):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_auditevent (programme_id, at, action, subject_type, subject_id, changes, reason)"
                " VALUES (%s, now() - interval '9 years', 'records.forgotten', 'x', '1', '{}', '')",
                [kept_for_five.pk],
            )
        call_command("forget_records", verbosity=0)
        assert AuditEvent.objects.filter(action=Action.RECORDS_FORGOTTEN).count() == 2


def test_the_years_are_set_by_approvers_and_never_too_few(in_kanagawa: Programme) -> None:
    approver = make_actor(StaffRole.APPROVER, in_kanagawa)
    with pytest.raises(ValidationError):
        change_programme(programme=in_kanagawa, values={"record_years": 2}, actor=approver)
    change_programme(programme=in_kanagawa, values={"record_years": 7}, actor=approver)
    assert Programme.objects.get(pk=in_kanagawa.pk).record_years == 7
    with pytest.raises(DatabaseError), transaction.atomic():
        Programme.objects.filter(pk=in_kanagawa.pk).update(record_years=1)
    assert AuditEvent.objects.filter(action=Action.PROGRAMME_CHANGED).count() == 1
