"""A full export while another worker makes the same one, and files that two attempts have left behind."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from portal.audit.models import Action, AuditEvent
from portal.backoffice.exporting import TURN, ask_export, fetch_export, make_export
from portal.backoffice.models import ProgrammeExport
from portal.backoffice.states import APPROVAL, ExportState
from portal.backoffice.tasks import make_exports, sweep_exports
from portal.files.queries import stored_exports
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.tenancy.turns import turn
from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.services.approvals import approve_request, decline_request
from tests.factories import make_actor, make_programme
from tests.races.together import at_once


@pytest.fixture
def approver(committed: None, settings: Any, tmp_path: Path) -> Actor:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    }
    return make_actor(StaffRole.APPROVER, make_programme("kanagawa"))


@pytest.fixture
def asked(approver: Actor) -> ProgrammeExport:
    with programme_scope(Programme.objects.get()):
        return ask_export(reason="引越し", actor=approver)


def elsewhere(work: Any) -> Any:
    """On a connection of its own, like another worker."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_while_one_worker_makes_it_another_leaves_it_alone(asked: ProgrammeExport) -> None:
    programme = Programme.objects.get()
    with programme_scope(programme):
        with turn(TURN) as ours:
            assert ours
            elsewhere(lambda: make_exports(programme.pk))
            assert ProgrammeExport.objects.get().state == ExportState.ASKED
        elsewhere(lambda: make_exports(programme.pk))
        assert ProgrammeExport.objects.get().state == ExportState.READY


def test_two_attempts_at_once_leave_the_file_that_the_row_describes(asked: ProgrammeExport, approver: Actor) -> None:
    programme = Programme.objects.get()
    at_once(programme, *[partial(make_export, export_id=asked.pk)] * 2, refusals=())
    with programme_scope(programme):
        export = ProgrammeExport.objects.get()
        assert stored_exports(programme.pk) == {export.path}
        assert default_storage.size(export.path) == export.size
        assert AuditEvent.objects.filter(action=Action.EXPORT_MADE).count() == 1
        # A late attempt changes nothing any more.
        make_export(export_id=asked.pk)
        assert stored_exports(programme.pk) == {export.path}
        with fetch_export(export=export, actor=approver) as file:
            assert hashlib.sha256(file.read()).hexdigest() == export.sha256


def test_a_file_that_nobody_can_fetch_is_deleted(asked: ProgrammeExport) -> None:
    programme = Programme.objects.get()
    make_exports(programme.pk)
    default_storage.save(f"exports/{programme.pk}/{'0' * 32}.zip", ContentFile(b"everything"))
    with programme_scope(programme), turn(TURN):
        # Whoever has the turn may be writing one that belongs to no row yet.
        elsewhere(sweep_exports)
        assert len(stored_exports(programme.pk)) == 2
    sweep_exports()
    with programme_scope(programme):
        assert stored_exports(programme.pk) == {ProgrammeExport.objects.get().path}


def test_two_who_decide_at_once_start_one_export(approver: Actor) -> None:
    programme = Programme.objects.get()
    programme.second_approval = [APPROVAL]
    programme.save()
    with programme_scope(programme):
        export = ask_export(reason="引越し", actor=approver)
        request = ApprovalRequest.objects.get()
    others = [make_actor(StaffRole.APPROVER, programme) for _ in range(3)]
    services = (decline_request, approve_request, approve_request)
    won = at_once(
        programme,
        *(partial(one, request=request, actor=actor, note="理由") for one, actor in zip(services, others, strict=True)),
    )
    assert won.count(True) == 1
    with programme_scope(programme):
        export.refresh_from_db()
        assert export.state == (ExportState.CALLED_OFF if won[0] else ExportState.ASKED)
        decided = AuditEvent.objects.filter(action__in=[Action.APPROVAL_GIVEN, Action.APPROVAL_DECLINED])
        assert decided.filter(subject_type="backoffice.programmeexport").count() == 1
