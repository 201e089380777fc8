"""The worker's entry points of partners: take ids, enter the programme, call one service."""

from celery import shared_task
from django.utils import timezone

from partners.models import Application
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


@shared_task
def forget_drafts() -> None:
    """Applications that were begun and left."""
    for programme in Programme.objects.all():
        with programme_scope(programme):
            Application.objects.forgotten(timezone.now()).delete()
