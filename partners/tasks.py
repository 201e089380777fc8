"""The worker's entry points. Each may run at any time, any number of times."""

import time
from datetime import date

from celery import shared_task
from django.utils import timezone

from partners.models import Application, ImportRun, OpenDataSet
from partners.services.changes import apply_due_changes
from partners.services.figures import keep_figures
from partners.services.forgetting import forget_closed_applications
from partners.services.importing import WORK, forget_imports, work_on
from partners.services.open_data import make_open_data
from partners.services.records import index_all
from portal.tenancy.models import Feature, Programme
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme, current_programme_id, programme_scope
from portal.web.nudges import PATIENT, Nudge

# Then everybody else's work has its turn.
TURN_SECONDS = 20.0


@shared_task
def work_on_imports(programme_id: int) -> None:
    """What the programme's imports wait for: a dry run, the next rows, an undoing."""
    ends = time.monotonic() + TURN_SECONDS
    with programme_scope(Programme.objects.get(pk=programme_id)):
        for run_id in list(ImportRun.objects.busy().values_list("pk", flat=True)):
            while work_on(run_id):
                if time.monotonic() > ends:
                    Nudge(WORK, (programme_id,), PATIENT)()
                    return


@shared_task
def sweep_imports() -> None:
    """Whatever a killed worker or a lost nudge left behind; and the rows that are kept no longer."""
    for_each_programme(lambda: forget_imports(timezone.now()), _nudge_imports)


def _nudge_imports() -> None:
    if ImportRun.objects.busy().exists():
        Nudge(WORK, (current_programme_id(),), PATIENT)()


@shared_task
def forget_drafts() -> None:
    """Applications that were begun and left."""
    for_each_programme(lambda: Application.objects.forgotten(timezone.now()).delete())


@shared_task
def forget_closed() -> None:
    """Personal data of applications that were rejected or withdrawn as long ago as the programme has set."""
    for_each_programme(lambda: forget_closed_applications(timezone.now()))


@shared_task
def keep_the_day() -> None:
    """Yesterday's figures and today's open data, and whatever missed days or lost nudges left undone."""
    today = timezone.localdate()
    for_each_programme(
        lambda: keep_figures(today=today), lambda: _index_once(today), lambda: make_open_data(today=today)
    )


def _index_once(today: date) -> None:
    """Before the day's open data is made. Then whatever nobody was nudged for is found by what it is now, too."""
    if current_programme().has(Feature.DIRECTORY) and not OpenDataSet.objects.filter(on=today).exists():
        index_all()


@shared_task
def apply_changes() -> None:
    """Changes and leavings that were approved for a day that has come."""
    for_each_programme(apply_due_changes)


@shared_task
def index_directory(programme_id: int) -> None:
    """After the programme chose other sections of the profile."""
    with programme_scope(Programme.objects.get(pk=programme_id)):
        index_all()
