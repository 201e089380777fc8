"""The worker's entry points. Each may run at any time, any number of times."""

import time

from celery import shared_task
from django.utils import timezone

from partners.models import Application, ImportRun
from partners.services.changes import apply_due_changes
from partners.services.figures import keep_figures
from partners.services.importing import WORK, forget_imports, work_on
from partners.services.open_data import make_open_data
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
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
    for programme in Programme.objects.all():
        with programme_scope(programme):
            forget_imports(timezone.now())
            if ImportRun.objects.busy().exists():
                Nudge(WORK, (programme.pk,), PATIENT)()


@shared_task
def forget_drafts() -> None:
    """Applications that were begun and left."""
    for programme in Programme.objects.all():
        with programme_scope(programme):
            Application.objects.forgotten(timezone.now()).delete()


@shared_task
def keep_the_day() -> None:
    """Yesterday's figures and today's open data, and whatever missed days left undone."""
    today = timezone.localdate()
    for programme in Programme.objects.all():
        with programme_scope(programme):
            keep_figures(today=today)
            make_open_data(today=today)


@shared_task
def apply_changes() -> None:
    """Changes and leavings that were approved for a day that has come."""
    for programme in Programme.objects.all():
        with programme_scope(programme):
            apply_due_changes()
