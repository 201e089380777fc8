"""The worker's entry points: nudged when mail is queued; `sweep` finds what lost nudges left behind."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.outbox.clock import forget_the_future
from portal.outbox.delivery import Rest, deliver_due, take_turn
from portal.outbox.messages import Priority
from portal.outbox.models import OutgoingMail
from portal.outbox.services import DELIVER
from portal.tenancy.models import Programme
from portal.tenancy.rounds import for_each_programme
from portal.tenancy.scope import current_programme_id, programme_scope
from portal.web.nudges import NORMAL, PATIENT, Nudge


@shared_task
def deliver(programme_id: int, lanes: int = 1) -> None:
    """A programme's turn. What is left has its next turn behind everybody else's work, with more connections."""
    with programme_scope(Programme.objects.get(pk=programme_id)):
        if take_turn(lanes) is Rest.MORE:
            Nudge(DELIVER, (programme_id, settings.MAIL_CONNECTIONS), PATIENT)()


@shared_task
def deliver_sign_in(programme_id: int) -> None:
    with programme_scope(Programme.objects.get(pk=programme_id)):
        deliver_due(least=Priority.SIGN_IN)


@shared_task
def sweep() -> None:
    for_each_programme(_nudge_delivery)


def _nudge_delivery() -> None:
    forget_the_future(now=timezone.now())
    if OutgoingMail.objects.due(timezone.now()).exists():
        Nudge(DELIVER, (current_programme_id(),), NORMAL)()
