import pytest

from bench.mail_server import Arrival
from bench.writes import ACKNOWLEDGED, CUT, Write, lost, twice
from partners.services.registration import ask_to_apply
from portal.tenancy.models import Programme

pytestmark = pytest.mark.django_db


def write(kind: str, to: str, outcome: str = ACKNOWLEDGED) -> Write:
    return Write(kind, to, began=1.0, ended=2.0, outcome=outcome)


def arrived(*addresses: str) -> list[Arrival]:
    return [Arrival(3.0, to, "<1@example.jp>") for to in addresses]


def test_a_mail_that_never_came_is_lost_unless_nobody_was_promised_it(in_kanagawa: Programme) -> None:
    writes = [write("sign-in", "a@example.jp"), write("sign-in", "b@example.jp"), write("sign-in", "c@example.jp", CUT)]
    assert [one.to for one in lost(writes, arrived("a@example.jp"))] == ["b@example.jp"]


def test_a_mail_without_its_row_is_lost_too(in_kanagawa: Programme) -> None:
    ask_to_apply(address="kept@example.jp", language="ja")
    writes = [write("registration", "kept@example.jp"), write("registration", "gone@example.jp")]
    found = lost(writes, arrived("kept@example.jp", "gone@example.jp"))
    assert [one.to for one in found] == ["gone@example.jp"]


def test_only_our_own_mails_count_twice(in_kanagawa: Programme) -> None:
    arrivals = arrived("a@example.jp", "a@example.jp", "other@example.jp", "other@example.jp")
    assert twice([write("sign-in", "a@example.jp")], arrivals) == 1
