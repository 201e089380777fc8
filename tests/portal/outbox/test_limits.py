"""Limits a minute: per programme and per receiving domain, and never for sign-in mail."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.outbox import claims
from portal.outbox.messages import Priority
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

NOW = timezone.now()


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.MAIL_PER_MINUTE, settings.MAIL_PER_MINUTE_AND_DOMAIN = 10, 4


def queue(count: int, domain: str = "example.jp", message: str = "tests.bulk") -> None:
    already = OutgoingMail.objects.count()
    for number in range(already, already + count):
        queue_mail(message=message, to=f"{number}@{domain}", dedupe_key=str(number), now=NOW - timedelta(hours=1))


def claimed(now: datetime = NOW, size: int = 100) -> list[str]:
    return [mail.domain for mail in claims.claim(size=size, now=now)]


def test_per_domain(in_kanagawa: Programme) -> None:
    queue(6, "docomo.ne.jp")
    queue(3, "example.jp")
    assert claimed() == ["docomo.ne.jp"] * 4 + ["example.jp"] * 3
    assert claimed() == []


def test_a_full_domain_does_not_stop_the_others(in_kanagawa: Programme) -> None:
    queue(50, "docomo.ne.jp")
    queue(3, "example.jp")
    assert claimed(size=5) == ["docomo.ne.jp"] * 4
    assert claimed(size=5) == ["example.jp"] * 3


def test_per_programme(in_kanagawa: Programme) -> None:
    for number in range(12):
        queue(1, f"{number}.example.jp")
    assert len(claimed()) == 10
    assert claimed() == []


def test_the_minute_moves_on(in_kanagawa: Programme) -> None:
    queue(6)
    assert len(claimed()) == 4
    assert not claims.is_anything_due(NOW + timedelta(seconds=59))
    assert claims.is_anything_due(NOW + timedelta(seconds=61))
    assert len(claimed(NOW + timedelta(seconds=61))) == 2


def test_sign_in_mail_is_never_held_back_but_counts(in_kanagawa: Programme) -> None:
    queue(12, message="tests.sign_in")
    assert len(claimed()) == 12
    queue(1, "other.example.jp")
    assert claimed() == []


def test_what_is_given_back_does_not_count(in_kanagawa: Programme) -> None:
    queue(4)
    claims.give_back(batch=claims.claim(size=100, now=NOW), now=NOW)
    assert len(claimed()) == 4


def test_each_programme_has_its_own(in_kanagawa: Programme, tokyo: Programme) -> None:
    queue(6)
    assert len(claimed()) == 4
    with programme_scope(tokyo):
        queue(6)
        assert len(claimed()) == 4


def test_zero_means_none(in_kanagawa: Programme, settings: Any) -> None:
    settings.MAIL_PER_MINUTE = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
    queue(50)
    assert len(claimed()) == 50


def test_the_quick_way_claims_sign_in_mail_alone(in_kanagawa: Programme) -> None:
    queue(2)
    queue(1, message="tests.sign_in")
    assert [mail.priority for mail in claims.claim(size=9, now=NOW, least=Priority.SIGN_IN)] == [Priority.SIGN_IN]
