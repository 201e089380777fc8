"""How many mails a minute leave, per programme and per receiving domain, so that no receiver's server blocks us.

Counted in Postgres over the last minute. Sign-in mail counts but is never held back; sign-in has limits of its own.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from portal.outbox.messages import Priority
from portal.outbox.models import OutgoingMail, OutgoingMailQuerySet
from portal.tenancy.scope import current_programme_id

MINUTE = timedelta(minutes=1)
# The first key of our advisory locks; the second is the programme.
LOCK = 0x6D61696C


@dataclass
class Budget:
    """What is left of this minute. Zero as a limit means none."""

    per_programme: int = 0
    per_domain: int = 0
    used: Counter[str] = field(default_factory=Counter)

    def narrow(self, due: OutgoingMailQuerySet) -> OutgoingMailQuerySet:
        """Without those that would be held back anyway."""
        urgent = Q(priority=Priority.SIGN_IN)
        if self._is_spent():
            return due.filter(urgent)
        full = [domain for domain in self.used if self._is_full(domain)]
        return due.filter(urgent | ~Q(domain__in=full)) if full else due

    def take(self, mail: OutgoingMail) -> bool:
        if mail.priority != Priority.SIGN_IN and (self._is_spent() or self._is_full(mail.domain)):
            return False
        self.used[mail.domain] += 1
        return True

    def _is_spent(self) -> bool:
        return bool(self.per_programme) and self.used.total() >= self.per_programme

    def _is_full(self, domain: str) -> bool:
        return bool(self.per_domain) and self.used[domain] >= self.per_domain


def budget_now(now: datetime) -> Budget:
    """Called in the transaction that claims: two workers never spend the same."""
    budget = Budget(settings.MAIL_PER_MINUTE, settings.MAIL_PER_MINUTE_AND_DOMAIN)
    if budget.per_programme or budget.per_domain:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, current_programme_id()])
        # Up to the next minute only: beyond it lies what a clock wrote that was ahead (clock.py).
        recent = (
            OutgoingMail.objects.filter(claimed_at__gt=now - MINUTE, claimed_at__lt=now + MINUTE)
            .values_list("domain")
            .order_by("domain")
        )
        budget.used.update(dict(recent.annotate(Count("id"))))
    return budget
