"""Letting time pass for sign-in, without waiting: what it remembers becomes older."""

from datetime import timedelta

from django.db import connection
from django.db.models import F

from portal.accounts.models import AddressChange, LoginTicket
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


def later(seconds: float, programme: Programme) -> None:
    by = timedelta(seconds=seconds)
    with programme_scope(programme):
        LoginTicket.objects.update(created_at=F("created_at") - by, expires_at=F("expires_at") - by)
        AddressChange.objects.update(created_at=F("created_at") - by)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_hits SET times = ARRAY(SELECT t - %s FROM unnest(times) t)", [by])  # type: ignore[list-item]
