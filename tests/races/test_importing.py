"""Imports over real connections: two officers press at once, and a worker is killed in the middle."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from django.db import connection, transaction

from partners.models import ImportRun, Partner
from partners.services.importing import CHUNK, start_import, work_on
from partners.states import ImportState
from partners.tasks import sweep_imports
from portal.audit.models import Action, AuditEvent
from portal.local.processes import start_worker
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_partner, make_programme
from tests.partners.services.test_importing import tried
from tests.races.together import at_once

ROWS = 3 * CHUNK
# Far more than a worker needs, also on a busy machine; in seconds.
PATIENCE = 120


def run_with(programme: Programme, rows: int) -> tuple[ImportRun, Actor]:
    officer = make_actor(StaffRole.OFFICER, programme)
    return tried(officer, *({"登録番号": str(n), "名称": f"団体{n}"} for n in range(1, rows + 1))), officer


def test_one_of_two_officers_starts_an_import(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        runs = [run_with(programme, 3)[0], run_with(programme, 3)[0]]
    actors = [make_actor(StaffRole.OFFICER, programme) for _ in range(4)]
    starts = (partial(start_import, run=runs[number // 2], actor=actor) for number, actor in enumerate(actors))
    assert at_once(programme, *starts).count(True) == 1
    with programme_scope(programme):
        assert AuditEvent.objects.filter(action=Action.IMPORT_STARTED).count() == 1


def test_two_workers_import_each_row_once(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        run, officer = run_with(programme, ROWS)
        start_import(run=run, actor=officer)

    def work(_number: int) -> None:
        try:
            with programme_scope(programme):
                while ImportRun.objects.busy().exists():
                    work_on(run.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    with programme_scope(programme):
        assert list(Partner.objects.order_by("number").values_list("number", flat=True)) == list(range(1, ROWS + 1))


def test_a_worker_killed_in_the_middle_leaves_whole_rows_and_the_next_goes_on(committed: None, tmp_path: Path) -> None:
    programme = make_programme("kanagawa")
    name = connection.settings_dict["NAME"]
    environment = {"DATABASE_URL": os.environ["DATABASE_URL"].replace("/kakehashi?", f"/{name}?")}
    with programme_scope(programme):
        held = make_partner(number=CHUNK + 50, name="前の名称")
        run, officer = run_with(programme, ROWS)
        worker = start_worker(tmp_path / "worker.log", environment)
        with transaction.atomic():
            # The worker waits for this row in the middle of the second part.
            Partner.objects.select_for_update().get(pk=held.pk)
            with ThreadPoolExecutor(1) as beside:
                beside.submit(start_elsewhere, programme, run, officer).result()
            try:
                wait_until(lambda: run.rows.imported().count() == CHUNK)
            finally:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
        assert (Partner.objects.count(), run.rows.imported().count()) == (CHUNK + 1, CHUNK)
        assert ImportRun.objects.get().state == ImportState.RUNNING

        worker = start_worker(tmp_path / "worker.log", environment)
        try:
            sweep_imports()
            wait_until(lambda: ImportRun.objects.get().state == ImportState.DONE)
        finally:
            os.killpg(worker.pid, signal.SIGTERM)
            worker.wait()
        assert list(Partner.objects.order_by("number").values_list("number", flat=True)) == list(range(1, ROWS + 1))
        assert run.rows.imported().count() == ROWS
        assert AuditEvent.objects.filter(action=Action.PARTNER_ADDED).count() == ROWS - 1


def start_elsewhere(programme: Programme, run: ImportRun, officer: Actor) -> None:
    """On a connection of its own: this one holds its row."""
    try:
        with programme_scope(programme):
            start_import(run=run, actor=officer)
    finally:
        connection.close()


def wait_until(condition: "object") -> None:
    """Asks the database again and again, and fails if a worker does not get there at all."""
    gives_up_at = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < gives_up_at, "The worker did not get there."
        # Leaves the processor to the worker; a longer or a shorter pause changes no answer.
        time.sleep(0.05)
