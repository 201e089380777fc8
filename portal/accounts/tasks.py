"""Forgetting what sign-in had to remember for a while."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts.models import AddressChange, Draft, Hits, LoginTicket
from portal.tenancy.rounds import for_each_programme

KEEP_TICKETS = timedelta(days=1)
KEEP_DRAFTS = timedelta(days=365)


@shared_task
def forget() -> None:
    now = timezone.now()
    Hits.objects.filter(forget_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    for_each_programme(
        lambda: LoginTicket.objects.filter(expires_at__lt=now - KEEP_TICKETS).delete(),
        lambda: AddressChange.objects.filter(created_at__lt=now - AddressChange.LIFETIME).delete(),
        lambda: Draft.objects.filter(saved_at__lt=now - KEEP_DRAFTS).delete(),
    )
