"""Forgetting what sign-in had to remember for a while."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts.models import AddressChange, Draft, Hits, LoginTicket
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

KEEP_TICKETS = timedelta(days=1)
KEEP_DRAFTS = timedelta(days=365)


@shared_task
def forget() -> None:
    now = timezone.now()
    Hits.objects.filter(forget_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    for programme in Programme.objects.all():
        with programme_scope(programme):
            LoginTicket.objects.filter(expires_at__lt=now - KEEP_TICKETS).delete()
            AddressChange.objects.filter(created_at__lt=now - AddressChange.LIFETIME).delete()
            Draft.objects.filter(saved_at__lt=now - KEEP_DRAFTS).delete()
