"""A clock that was ahead and is right again: its mails leave, and its claims take nothing from this minute."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.outbox import claims
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.outbox.tasks import sweep
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

AHEAD = timedelta(hours=1)


def test_what_was_queued_ahead_of_time_leaves_with_the_next_sweep(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        queue_mail(message="tests.bulk", to="a@example.jp", dedupe_key="a", now=timezone.now() + AHEAD)
        assert not claims.claim(size=1, now=timezone.now())
    sweep()
    with programme_scope(kanagawa):
        assert claims.claim(size=1, now=timezone.now())


def test_what_was_wanted_later_stays_as_much_later(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        mail = queue_mail(message="tests.bulk", to="a@example.jp", dedupe_key="a", now=timezone.now() + AHEAD)
        OutgoingMail.objects.update(due_at=mail.created_at + timedelta(minutes=5))
    sweep()
    with programme_scope(kanagawa):
        assert not claims.claim(size=1, now=timezone.now() + timedelta(minutes=4))
        assert claims.claim(size=1, now=timezone.now() + timedelta(minutes=6))


def test_whoever_claimed_ahead_of_time_and_was_killed_is_found_out_in_time(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        queue_mail(message="tests.bulk", to="a@example.jp", dedupe_key="a")
        assert claims.claim(size=1, now=timezone.now() + AHEAD)
    sweep()
    with programme_scope(kanagawa):
        assert not claims.claim(size=1, now=timezone.now() + claims.LEASE / 2)
        assert claims.claim(size=1, now=timezone.now() + claims.LEASE * 2)


def test_claims_ahead_of_time_leave_this_minute_its_mails(kanagawa: Programme, settings: Any) -> None:
    settings.MAIL_PER_MINUTE = 1
    with programme_scope(kanagawa):
        for key in "ab":
            queue_mail(message="tests.bulk", to=f"{key}@example.jp", dedupe_key=key)
        assert claims.claim(size=1, now=timezone.now() + AHEAD)
        assert claims.claim(size=1, now=timezone.now())
